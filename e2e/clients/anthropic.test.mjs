// Anthropic's own SDK for TypeScript, as a client of the server.
import assert from "node:assert/strict";
import { test } from "node:test";

import { apiKey, counting, failures, lanes, rejection, require, url } from "./shared.mjs";

const { default: Anthropic, APIError, AuthenticationError } = require("@anthropic-ai/sdk");
const { betaTool } = require("@anthropic-ai/sdk/helpers/beta/json-schema");

const hello = { max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };
const weather = { name: "weather", description: "The weather.", input_schema: { type: "object", properties: { city: { type: "string" } } } };

function client(maxRetries = 0) {
  const fetch = counting();
  return { sdk: new Anthropic({ baseURL: url, apiKey, maxRetries, fetch }), count: () => fetch.requests };
}

const { sdk } = client();

for (const lane of lanes) {
  test(`a whole answer, ${lane}`, async () => {
    const { data, response } = await sdk.messages.create({ model: `${lane}/echo`, ...hello }).withResponse();
    assert.deepEqual([data.content[0].text, data.stop_reason, data._request_id], ["Hello", "end_turn", response.headers.get("x-request-id")]);
  });

  test(`the stream helper builds the answer, ${lane}`, async () => {
    const final = await sdk.messages.stream({ model: `${lane}/lorem/3`, ...hello }).finalMessage();
    assert.deepEqual([final.content[0].text, final.usage.output_tokens], ["lorem ipsum dolor", 3]);
  });

  test(`a conversation with thinking and a tool, ${lane}`, async () => {
    const settings = { model: `${lane}/think/5`, max_tokens: 2000, tools: [weather], thinking: { type: "enabled", budget_tokens: 1024 } };
    const messages = [{ role: "user", content: 'weather(city="Rome")' }];
    const first = await sdk.messages.stream({ messages, ...settings }).finalMessage();
    assert.deepEqual([first.content.map((block) => block.type), first.stop_reason], [["thinking", "tool_use"], "tool_use"]);
    const result = { type: "tool_result", tool_use_id: first.content[1].id, content: "Sunny" };
    messages.push({ role: "assistant", content: first.content }, { role: "user", content: [result] });
    const second = await sdk.messages.create({ messages, ...settings });
    assert.deepEqual([second.content[0].type, second.content[1].text], ["thinking", "Sunny"]);
  });

  test(`a tool is run by the helper, ${lane}`, async () => {
    const asked = [];
    const tool = betaTool({ ...weather, inputSchema: weather.input_schema, run: (given) => asked.push(given) && "Sunny" });
    const messages = [{ role: "user", content: "weather(Rome)" }];
    const final = await sdk.beta.messages.toolRunner({ model: `${lane}/tools`, max_tokens: 100, messages, tools: [tool] });
    assert.deepEqual([asked, final.content[0].text], [[{ city: "Rome" }], "Sunny"]);
  });
}

test("tokens are counted", async () => {
  const plain = { model: "mock/echo", messages: hello.messages };
  const more = await sdk.messages.countTokens({ ...plain, tools: [weather] });
  assert.ok(more.input_tokens > (await sdk.messages.countTokens(plain)).input_tokens);
});

test("models are listed", async () => {
  const below = sdk.withOptions({ baseURL: `${url}/anthropic` });
  assert.equal((await below.models.retrieve("mock/echo")).id, "mock/echo");
  assert.ok((await Array.fromAsync(await below.models.list())).every((model) => model.type === "model"));
});

test("a wrong key", async () => {
  const error = await rejection(sdk.withOptions({ apiKey: "hl_sk_wrong" }).messages.create({ model: "mock/echo", ...hello }));
  assert.ok(error instanceof AuthenticationError);
});

for (const [reason, { anthropic, repeated }] of failures) {
  for (const stream of [false, true]) {
    test(`before the head: ${reason}${stream ? ", streamed" : ""}`, async () => {
      const { sdk, count } = client(1);
      const error = await rejection(sdk.messages.create({ model: `mock/error/${reason}`, ...hello, stream }));
      const { class: name, ...words } = anthropic;
      assert.deepEqual({ name: error.constructor.name, status: error.status, type: error.error.error.type }, { name, ...words });
      assert.deepEqual([count(), error.error.openloop.reason], [repeated ? 2 : 1, reason]);
      assert.equal(error.requestID, error.error.request_id);
    });
  }

  test(`after the head: ${reason}`, async () => {
    const { sdk, count } = client(1);
    let text = "";
    const stream = sdk.messages.stream({ model: `mock/error/${reason}/2`, ...hello }).on("text", (piece) => (text += piece));
    const error = await rejection(stream.finalMessage());
    assert.ok(error instanceof APIError);
    assert.deepEqual([text, error.error.error.type, count()], ["lorem ipsum ", anthropic.type, 1]);
    assert.equal(error.error.request_id, stream.request_id);
  });
}
