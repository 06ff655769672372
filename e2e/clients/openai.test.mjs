// OpenAI's own SDK for TypeScript, as a client of the server.
import assert from "node:assert/strict";
import { test } from "node:test";

import { apiKey, counting, failures, lanes, rejection, require, url } from "./shared.mjs";

const { default: OpenAI, APIError, AuthenticationError } = require("openai");
const { zodResponseFormat, zodTextFormat } = require("openai/helpers/zod");
const { z } = require("zod");

const messages = [{ role: "user", content: "Hello" }];
const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const weather = { type: "function", function: { name: "weather", description: "The weather.", parameters: city } };
const answer = z.object({ ok: z.boolean(), words: z.array(z.string()) });

function client(maxRetries = 0) {
  const fetch = counting();
  return { sdk: new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries, fetch }), count: () => fetch.requests };
}

const { sdk } = client();

for (const lane of lanes) {
  test(`a whole answer, ${lane}`, async () => {
    const { data, response } = await sdk.chat.completions.create({ model: `${lane}/echo`, messages }).withResponse();
    assert.equal(data.choices[0].message.content, "Hello");
    assert.match(response.headers.get("x-openloop-log-id"), /^log_/);
  });

  test(`the stream helper builds the answer, ${lane}`, async () => {
    const stream = sdk.chat.completions.stream({ model: `${lane}/lorem/3`, messages, stream_options: { include_usage: true } });
    assert.equal((await stream.finalChatCompletion()).choices[0].message.content, "lorem ipsum dolor");
    assert.equal((await stream.totalUsage()).completion_tokens, 3);
  });

  test(`a tool is run by the helper, and the model asked again, ${lane}`, async () => {
    const asked = [];
    const runner = sdk.chat.completions.runTools({
      model: `${lane}/tools`,
      messages: [{ role: "user", content: "weather(Rome)" }],
      tools: [{ ...weather, function: { ...weather.function, parse: JSON.parse, function: (given) => asked.push(given) && "Sunny" } }],
    });
    assert.equal(await runner.finalContent(), "Sunny");
    assert.deepEqual(asked, [{ city: "Rome" }]);
  });

  test(`a schema is followed, ${lane}`, async () => {
    const parsed = await sdk.chat.completions.parse({ model: `${lane}/json`, messages, response_format: zodResponseFormat(answer, "answer") });
    answer.parse(parsed.choices[0].message.parsed);
  });
}

test("a text goes on", async () => {
  assert.equal((await sdk.completions.create({ model: "mock/echo", prompt: "Once upon" })).choices[0].text, "Once upon");
});

test("embeddings", async () => {
  const { data } = await sdk.embeddings.create({ model: "mock/embed/8", input: ["Hello", "world"] });
  assert.deepEqual(data.map(({ index, embedding }) => [index, embedding.length]), [[0, 8], [1, 8]]);
});

test("models are listed", async () => {
  assert.equal((await sdk.models.retrieve("mock/echo")).owned_by, "mock");
  const models = await Array.fromAsync(await sdk.models.list());
  assert.ok(models.every((model) => model.id && model.object === "model"));
});

test("a response", async () => {
  const whole = await sdk.responses.create({ model: "mock/echo", input: "Hello" });
  assert.deepEqual([whole.output_text, whole.status], ["Hello", "completed"]);
});

test("the stream helper builds the response", async () => {
  const stream = sdk.responses.stream({ model: "mock/think/3", input: "weather(Rome)", tools: [{ type: "function", ...weather.function, strict: false }] });
  const final = await stream.finalResponse();
  assert.deepEqual(final.output.map((item) => item.type), ["reasoning", "function_call"]);
  assert.equal(final.output[1].arguments, '{"city":"Rome"}');
});

test("a schema is followed by a response", async () => {
  answer.parse((await sdk.responses.parse({ model: "mock/json", input: "Hello", text: { format: zodTextFormat(answer, "answer") } })).output_parsed);
});

test("a wrong key", async () => {
  const error = await rejection(sdk.withOptions({ apiKey: "hl_sk_wrong" }).models.list());
  assert.ok(error instanceof AuthenticationError);
  assert.equal(error.code, "invalid_api_key");
});

const ask = {
  chat: (of, model, stream) => of.chat.completions.create({ model, messages, stream }),
  responses: (of, model, stream) => of.responses.create({ model, input: "Hello", stream }),
};

for (const [reason, { openai, responses, repeated }] of failures) {
  for (const [dialect, create] of Object.entries(ask)) {
    for (const stream of [false, true]) {
      test(`before the head: ${reason}, ${dialect}${stream ? ", streamed" : ""}`, async () => {
        const { sdk, count } = client(1);
        const error = await rejection(create(sdk, `mock/error/${reason}`, stream));
        const { class: name, ...words } = openai;
        assert.deepEqual({ name: error.constructor.name, status: error.status, type: error.type, code: error.code }, { name, ...words });
        assert.deepEqual([count(), error.error.openloop.reason], [repeated ? 2 : 1, reason]);
        assert.equal(error.requestID, error.error.openloop.request_id);
      });
    }
  }

  test(`after the head: ${reason}, chat`, async () => {
    const { sdk, count } = client(1);
    const { data, response } = await ask.chat(sdk, `mock/error/${reason}/2`, true).withResponse();
    let text = "";
    const error = await rejection((async () => {
      for await (const chunk of data) text += chunk.choices[0].delta.content;
    })());
    assert.ok(error instanceof APIError);
    assert.deepEqual([text, error.type, error.code, count()], ["lorem ipsum ", openai.type, openai.code, 1]);
    assert.equal(error.error.openloop.request_id, response.headers.get("x-request-id"));
  });

  test(`after the head: ${reason}, responses`, async () => {
    const { sdk, count } = client(1);
    const { data, response } = await ask.responses(sdk, `mock/error/${reason}/2`, true).withResponse();
    const last = (await Array.fromAsync(data)).at(-1);
    assert.deepEqual([last.type, last.response.status, last.response.error.code, count()], ["response.failed", "failed", responses, 1]);
    assert.equal(last.response.error.openloop.request_id, response.headers.get("x-request-id"));
  });
}
