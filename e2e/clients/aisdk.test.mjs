// Vercel's AI SDK, as a client of the server, through three of its providers, one of them in two dialects.
import assert from "node:assert/strict";
import { test } from "node:test";

import { apiKey, counting, failures, lanes, rejection, require, url } from "./shared.mjs";

const { embedMany, generateText, isStepCount, Output, streamText, tool } = require("ai");
const { createAnthropic } = require("@ai-sdk/anthropic");
const { createOpenAI } = require("@ai-sdk/openai");
const { createOpenAICompatible } = require("@ai-sdk/openai-compatible");
const { z } = require("zod");

globalThis.AI_SDK_LOG_WARNINGS = false;
const settings = { baseURL: `${url}/v1`, apiKey };
const openai = (more) => createOpenAI({ ...settings, ...more });
const providers = {
  responses: (more) => openai(more),
  chat: (more) => openai(more).chat,
  messages: (more) => createAnthropic({ ...settings, ...more }),
  compatible: (more) => createOpenAICompatible({ name: "openloop", includeUsage: true, supportsStructuredOutputs: true, ...settings, ...more }),
};

const person = z.object({ name: z.string(), age: z.number() });
const fitting = { name: "name", age: 0 }; // what the mock makes of the schema

test("embeddings", async () => {
  for (const model of [providers.responses().embedding("mock/embed/8"), providers.compatible().embeddingModel("mock/embed/8")]) {
    const { embeddings } = await embedMany({ model, values: ["Hello", "world"] });
    assert.deepEqual(embeddings.map((numbers) => numbers.length), [8, 8]);
  }
});

for (const [dialect, provider] of Object.entries(providers)) {
  const model = provider();

  for (const lane of lanes) {
    test(`a text: ${dialect}, ${lane}`, async () => {
      const { text, finishReason, usage } = await generateText({ model: model(`${lane}/echo`), prompt: "Hello there" });
      assert.deepEqual([text, finishReason, usage.inputTokens, usage.outputTokens], ["Hello there", "stop", 2, 2]);
    });

    test(`a stream: ${dialect}, ${lane}`, async () => {
      const result = streamText({ model: model(`${lane}/lorem/3`), prompt: "Hello" });
      assert.deepEqual(await Array.fromAsync(result.textStream), ["lorem ", "ipsum ", "dolor"]);
      assert.deepEqual([await result.finishReason, (await result.usage).outputTokens], ["stop", 3]);
    });

    for (const [how, run] of Object.entries({ whole: generateText, streamed: streamText })) {
      test(`tools and reasoning, ${how}: ${dialect}, ${lane}`, async () => {
        const weather = tool({ description: "The weather.", inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `${city} is sunny.` });
        const prompt = "weather(Rome) weather(Oslo)";
        const result = await run({ model: model(`${lane}/think/3`), prompt, tools: { weather }, stopWhen: isStepCount(3) });
        const steps = await result.steps;
        assert.deepEqual(steps.map((step) => [step.finishReason, step.toolCalls.map((call) => call.input.city)]), [["tool-calls", ["Rome", "Oslo"]], ["stop", []]]);
        assert.equal(await result.text, "Rome is sunny.\nOslo is sunny.");
        if (dialect !== "chat") assert.match(steps[1].reasoningText, /^lorem ipsum dolor/); // that provider does not read it
      });

      test(`an object, ${how}: ${dialect}, ${lane}`, async () => {
        const result = await run({ model: model(`${lane}/json`), prompt: "Hello", output: Output.object({ schema: person }) });
        assert.deepEqual(await result.output, fitting);
      });
    }

    test(`what is cut short: ${dialect}, ${lane}`, async () => {
      const { text, finishReason } = await generateText({ model: model(`${lane}/lorem/50`), prompt: "Hello", maxOutputTokens: 2 });
      assert.deepEqual([text.trim(), finishReason], ["lorem ipsum", "length"]);
    });
  }

  for (const [reason, { repeated, ...words }] of failures) {
    const { status } = dialect === "messages" ? words.anthropic : words.openai;

    test(`before the head: ${reason}, ${dialect}`, async () => {
      const fetch = counting();
      const ask = generateText({ model: provider({ fetch })(`mock/error/${reason}`), prompt: "Hello", maxRetries: 0 });
      const error = await rejection(ask);
      assert.deepEqual([error.name, error.statusCode, fetch.requests], ["AI_APICallError", status, 1]);
    });

    test(`after the head: ${reason}, ${dialect}`, async () => {
      const errors = [];
      const model = provider()(`mock/error/${reason}/2`);
      const result = streamText({ model, prompt: "Hello", maxRetries: 0, onError: ({ error }) => errors.push(error) });
      const parts = await Array.fromAsync(result.fullStream);
      const text = parts.filter((part) => part.type === "text-delta").map((part) => part.text).join("");
      assert.deepEqual([text, errors.length], ["lorem ipsum ", 1]);
    });
  }
}
