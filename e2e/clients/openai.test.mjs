// OpenAI's own SDK for TypeScript, as a client of the server.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(`${process.env.E2E_NODE_ROOT}/package.json`);
const { default: OpenAI, APIError, RateLimitError, BadRequestError, InternalServerError, PermissionDeniedError } = require("openai");

const messages = [{ role: "user", content: "Hello" }];
const weather = {
  type: "function",
  function: { name: "weather", description: "The weather.", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

/** A client that counts its requests. */
function client(maxRetries = 0) {
  const counted = { requests: 0 };
  counted.sdk = new OpenAI({
    baseURL: `${process.env.E2E_URL}/v1`,
    apiKey: process.env.OPENLOOP_API_KEY,
    maxRetries,
    fetch: (...request) => {
      counted.requests++;
      return fetch(...request);
    },
  });
  return counted;
}

test("a whole answer", async () => {
  const { data, response } = await client().sdk.chat.completions.create({ model: "mock/echo", messages }).withResponse();
  assert.equal(data.choices[0].message.content, "Hello");
  assert.match(response.headers.get("x-openloop-log-id"), /^log_/);
});

test("the stream helper builds the answer", async () => {
  const stream = client().sdk.chat.completions.stream({ model: "mock/lorem/3", messages, stream_options: { include_usage: true } });
  const answer = await stream.finalChatCompletion();
  assert.equal(answer.choices[0].message.content, "lorem ipsum dolor");
  assert.equal((await stream.totalUsage()).completion_tokens, 3);
});

test("a tool is run by the helper, and the model asked again", async () => {
  const asked = [];
  const runner = client().sdk.chat.completions.runTools({
    model: "mock/echo",
    messages,
    tools: [{ ...weather, function: { ...weather.function, parse: JSON.parse, function: (given) => asked.push(given) && "Sunny" } }],
    tool_choice: { type: "function", function: { name: "weather" } },
  });
  await runner.done();
  assert.deepEqual(asked, [{ input: "Hello" }]);
});

test("models are listed", async () => {
  const one = await client().sdk.models.retrieve("mock/echo");
  assert.equal(one.owned_by, "mock");
  for await (const model of client().sdk.models.list()) assert.ok(model.id);
});

for (const [reason, kind, code, requests] of [
  ["rate_limited", RateLimitError, "rate_limit_exceeded", 2],
  ["quota_exhausted", RateLimitError, "insufficient_quota", 1],
  ["context_length_exceeded", BadRequestError, "context_length_exceeded", 1],
  ["invalid_api_key", PermissionDeniedError, "invalid_api_key", 1],
  ["overloaded", InternalServerError, "server_is_overloaded", 2],
  ["timeout", InternalServerError, "timeout", 2],
]) {
  test(`a failure before the first output: ${reason}`, async () => {
    const counted = client(1);
    await assert.rejects(counted.sdk.chat.completions.create({ model: `mock/error/${reason}`, messages, stream: true }), (error) => {
      assert.ok(error instanceof kind, `${error}`);
      assert.equal(error.code, code);
      assert.equal(error.requestID, error.error.openloop.request_id);
      return true;
    });
    assert.equal(counted.requests, requests);
  });

  test(`a failure after the first output: ${reason}`, async () => {
    const counted = client(1);
    const stream = await counted.sdk.chat.completions.create({ model: `mock/error/${reason}/1`, messages, stream: true });
    let text = "";
    await assert.rejects(
      (async () => {
        for await (const chunk of stream) text += chunk.choices[0].delta.content;
      })(),
      (error) => error instanceof APIError && error.code === code,
    );
    assert.deepEqual([text, counted.requests], ["lorem ", 1]);
  });
}
