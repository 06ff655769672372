// The same Prompt through the providers' own wire formats, spoken by an emulator that is not ours.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { client, collect, json, newPath, received, request, stream, user } from "./helpers.mjs";

// `thinks` says whether the format shows a model's reasoning, `path` where its requests go.
const providers = [
  { provider: "openai", origin: "OpenAI", model: "gpt-4o", reasoning: "o4-mini", path: "/v1/chat/completions", thinks: false },
  { provider: "openai", origin: "OpenAI", model: "gpt-4o", reasoning: "o4-mini", path: "/v1/responses", thinks: true, endpoint: "responses" },
  { provider: "anthropic", origin: "Anthropic", model: "claude-sonnet-4-20250514", reasoning: "claude-sonnet-4-20250514", path: "/v1/messages", thinks: true },
  { provider: "google", origin: "Google Gemini", model: "gemini-2.5-flash", reasoning: "gemini-2.5-flash", path: "/v1beta/models/", thinks: true },
];

const redSquare =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC";

const weather = {
  name: "get_weather",
  description: "Tells the weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
    required: ["city", "unit"],
    additionalProperties: false,
  },
};

const person = {
  type: "json_schema",
  json_schema: {
    name: "person",
    schema: {
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer" } },
      required: ["name", "age"],
      additionalProperties: false,
    },
  },
};

for (const p of providers) {
  describe(`${p.provider} ${p.endpoint ?? "chat"}`, () => {
    const path = newPath(`${p.provider}-${p.endpoint ?? "chat"}`);
    const prompt = { provider: p.provider, model: p.model, endpoint: p.endpoint ?? "chat", max_tokens: 1000 };
    const ids = []; // of all Logs that the calls below leave

    const call = async (body) => {
      const answer = await json("POST", "/prompts/call", { path, prompt, ...body });
      ids.push(answer.logs[0].id);
      return { ...answer.logs[0], log: await json("GET", `/logs/${answer.logs[0].id}`) };
    };
    const streamed = async (body) => {
      const chunks = await stream({ path, prompt, ...body });
      ids.push(chunks[0].id);
      const text = chunks.map((chunk) => chunk.output).join("");
      return { text, chunks, last: chunks.at(-1), log: await json("GET", `/logs/${chunks[0].id}`) };
    };
    const fails = async (body) => {
      const { status, headers, text } = await request("POST", "/prompts/call", { path, prompt, ...body });
      const { detail } = JSON.parse(text);
      if (detail.log_id) ids.push(detail.log_id);
      return { status, headers, detail };
    };

    const paris = "The capital of France is Paris. Voilà: ✓";
    const template = [{ role: "system", content: "Answer briefly." }, user("What is the capital of {{country}}?")];

    test("answers", async () => {
      const { output, output_message, finish_reason, log } = await call({ prompt: { ...prompt, template }, inputs: { country: "France" } });
      assert.equal(output, paris);
      assert.equal(output_message.content, paris);
      assert.equal(finish_reason, "stop");
      assert.equal(log.output, paris);
      assert.equal(log.prompt_tokens, 12);
      assert.equal(log.output_tokens, 9);
      assert.ok(log.prompt_cost > 0 && log.output_cost > 0, `costs ${log.prompt_cost}, ${log.output_cost}`);
      assert.deepEqual(log.inputs, { country: "France" });
      assert.match(JSON.stringify(log.provider_request), /capital of France/);
      assert.match(JSON.stringify(log.provider_response), /Paris/);
      assert.ok((await received(p.path)).length > 0, `the emulator was called at ${p.path}`);
    });

    test("streams", async () => {
      const { text, chunks, last, log } = await streamed({ prompt: { ...prompt, template }, inputs: { country: "France" } });
      assert.equal(text, paris);
      assert.ok(chunks.length > 5, `${chunks.length} chunks`);
      assert.ok(chunks.every((chunk) => chunk.event === undefined && chunk.error === undefined));
      assert.equal(last.finish_reason, "stop");
      assert.equal(last.output_message.content, paris);
      assert.equal(last.prompt_tokens, 12);
      assert.equal(last.output_tokens, 9);
      assert.equal(log.output, paris);
      assert.equal(log.output_tokens, 9);
    });

    test("answers and streams through the official SDK", async () => {
      const call = { path, prompt: { provider: p.provider, model: p.model, endpoint: p.endpoint ?? "chat", maxTokens: 1000, template } , inputs: { country: "France" } };
      // The SDK checks the endpoint against those that it knows.
      if (p.endpoint) delete call.prompt;
      const answer = await client.prompts.call(call);
      const chunks = await collect(await client.prompts.callStream(call));
      ids.push(answer.logs[0].id, chunks[0].id);
      assert.equal(answer.logs[0].output, paris);
      assert.equal(chunks.map((chunk) => chunk.output).join(""), paris);
    });

    const question = { prompt: { ...prompt, tools: [weather] }, messages: [user("Compare the weather in Rome and Oslo.")] };
    const cities = (message) => message.tool_calls.map(({ type, function: f }) => [type, f.name, JSON.parse(f.arguments).city]);
    const bothCities = [["function", "get_weather", "Rome"], ["function", "get_weather", "Oslo"]];

    test("calls tools, in parallel, and takes their results", async () => {
      const { output_message, finish_reason, log } = await call({ ...question, tool_choice: "required" });
      assert.deepEqual(cities(output_message), bothCities);
      assert.equal(finish_reason, "tool_calls");
      assert.deepEqual(cities(log.output_message), bothCities);
      const results = output_message.tool_calls.map((c) => ({ role: "tool", tool_call_id: c.id, name: c.function.name, content: "22 degrees" }));
      const next = await call({ ...question, messages: [...question.messages, output_message, ...results] });
      assert.equal(next.output, "It is sunny in Rome, with 22 degrees.");
    });

    test("streams tool calls", async () => {
      const { chunks, last, log } = await streamed(question);
      assert.deepEqual(cities(last.output_message), bothCities);
      assert.equal(last.finish_reason, "tool_calls");
      assert.ok(chunks.slice(0, -1).some((chunk) => chunk.output_message?.tool_calls), "tool calls come as deltas");
      assert.deepEqual(cities(log.output_message), bothCities);
    });

    test("sees images", async () => {
      const image = { type: "image_url", image_url: { url: `data:image/png;base64,${redSquare}` } };
      const { output, log } = await call({ messages: [user([{ type: "text", text: "What is in this image?" }, image])] });
      assert.equal(output, "A red square.");
      assert.ok(JSON.stringify(log.provider_request).includes(redSquare), "the image was sent");
      assert.deepEqual(log.messages[0].content[1], image);
    });

    test("answers in JSON of a schema", async () => {
      const { output, log } = await call({ prompt: { ...prompt, response_format: person }, messages: [user("Extract the person: Ada is 36.")] });
      assert.deepEqual(JSON.parse(output), { name: "Ada", age: 36 });
      assert.match(JSON.stringify(log.provider_request), /"age"/, "the schema was sent");
    });

    const riddle = { prompt: { ...prompt, model: p.reasoning, max_tokens: 4000, reasoning_effort: "low" }, messages: [user("What is six times seven?")] };
    const thoughts = (message) => (message.thinking ?? []).map((block) => block.thinking).join("");

    test("reasons", async () => {
      const { output, output_message } = await call(riddle);
      assert.equal(output, "42");
      if (p.thinks) assert.equal(thoughts(output_message), "Six sevens are forty-two.");
    });

    test("streams reasoning", async () => {
      const { text, last, log } = await streamed(riddle);
      assert.equal(text, "42");
      if (p.thinks) assert.equal(thoughts(last.output_message), "Six sevens are forty-two.");
      if (p.thinks) assert.equal(thoughts(log.output_message), "Six sevens are forty-two.");
    });

    // The emulator leaves out why a response of OpenAI's Responses API is incomplete.
    test("says that the limit of tokens ended the answer", { skip: p.endpoint === "responses" }, async () => {
      const { finish_reason } = await call({ messages: [user("Stop early.")] });
      assert.equal(finish_reason, "length");
    });

    for (const [failure, status, reason] of [
      ["rate limit", 429, "rate_limited"],
      ["internal", 500, "provider_internal"],
      ["key", 401, "invalid_api_key"],
      ["overloaded", 503, "overloaded"],
      ["malformed", 500, "malformed_provider_response"],
      ["disconnect", 503, "provider_unreachable"],
    ]) {
      for (const mode of ["call", "stream"]) {
        test(`${mode} fails with ${reason}`, async () => {
          const answer = await fails({ messages: [user(`fail: ${failure}`)], stream: mode === "stream" });
          assert.equal(answer.status, status, JSON.stringify(answer.detail));
          assert.equal(answer.detail.reason, reason);
          assert.equal(answer.detail.code, status);
          assert.equal(answer.detail.provider, p.provider);
          assert.equal(answer.detail.origin, failure === "disconnect" ? "Openloop" : p.origin);
          assert.equal(answer.headers.get("x-error-reason"), reason);
          if (failure === "rate limit") assert.equal(answer.detail.retry_after, 7);
          if (failure === "rate limit") assert.equal(answer.headers.get("retry-after"), "7");
          const log = await json("GET", `/logs/${answer.detail.log_id}`);
          assert.equal(log.error, answer.detail.message);
          assert.equal(log.detail.reason, reason);
        });
      }
    }

    test("a stream that breaks ends with an error event", async () => {
      const { text, chunks, last, log } = await streamed({ messages: [user("fail: cut")] });
      assert.ok(text.length > 0 && "This answer is longer than what arrives of it.".startsWith(text), text);
      assert.equal(last.event, "error");
      assert.equal(last.output, "");
      assert.equal(last.error, last.detail.message);
      assert.equal(last.detail.reason, "stream_interrupted");
      assert.equal(last.detail.partial_output, true);
      assert.ok(chunks.slice(0, -1).every((chunk) => chunk.error === undefined));
      assert.equal(log.output, text);
      assert.equal(log.error, last.error);
    });

    after(async () => {
      const list = await json("GET", `/logs?size=100&file_id=${(await json("GET", `/logs/${ids[0]}`)).prompt.id}`);
      assert.equal(list.total, ids.length);
      assert.deepEqual(new Set(list.records.map((log) => log.id)), new Set(ids));
    });
  });
}
