// The same Prompt through the providers' own wire formats, spoken by an emulator that is not ours.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Humanloop, caller, client, collect, json, newPath, received, user } from "./helpers.mjs";
import { surfaces } from "./surfaces.mjs";

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

const paris = "The capital of France is Paris. Voilà: ✓";
const template = [{ role: "system", content: "Answer briefly." }, user("What is the capital of {{country}}?")];
const inputs = { country: "France" };
const bothCities = [["get_weather", "Rome"], ["get_weather", "Oslo"]];
const cities = (calls) => calls.map(({ function: f }) => [f.name, JSON.parse(f.arguments).city]);

for (const p of surfaces) {
  describe(p.name, () => {
    const { path, prompt, ids, call, streamed, fails } = caller(p);
    const lacks = (what) => p.lacks.includes(what);

    const isLogged = (log, finishReason) => {
      assert.equal(log.provider, p.provider);
      assert.equal(log.model, p.model);
      assert.equal(log.prompt.provider, p.provider);
      assert.equal(log.prompt.endpoint, p.endpoint);
      assert.equal(log.finish_reason, finishReason);
    };
    const isCounted = (log) => {
      assert.deepEqual([log.prompt_tokens, log.output_tokens], [12, 9]);
      if (p.free) assert.deepEqual([log.prompt_cost, log.output_cost], [undefined, undefined], "no price, no cost");
      else assert.ok(log.prompt_cost > 0 && log.output_cost > 0, `costs ${log.prompt_cost}, ${log.output_cost}`);
    };

    test("answers", async () => {
      const { output, output_message, finish_reason, log } = await call({ prompt: { ...prompt, template }, inputs });
      assert.equal(output, paris);
      assert.equal(output_message.content, paris);
      assert.equal(finish_reason, "stop");
      assert.equal(log.output, paris);
      isLogged(log, "stop");
      isCounted(log);
      assert.deepEqual(log.inputs, inputs);
      assert.match(JSON.stringify(log.provider_request), /capital of France/);
      assert.match(JSON.stringify(log.provider_response), /Paris/);
      assert.ok(await received(p.path, p.model), `the emulator was called at ${p.path}`);
    });

    test("streams", async () => {
      const { text, chunks, last, log } = await streamed({ prompt: { ...prompt, template }, inputs });
      assert.equal(text, paris);
      assert.ok(chunks.length > 5, `${chunks.length} chunks`);
      assert.ok(chunks.every((chunk) => chunk.event === undefined && chunk.error === undefined));
      assert.equal(last.finish_reason, "stop");
      assert.equal(last.output_message.content, paris);
      assert.equal(log.output, paris);
      isLogged(log, "stop");
      assert.match(JSON.stringify(log.provider_request), /capital of France/);
      if (p.uncounted) return assert.deepEqual([log.prompt_tokens, last.output_tokens], [undefined, undefined]);
      assert.deepEqual([last.prompt_tokens, last.output_tokens], [12, 9]);
      isCounted(log);
    });

    const comparison = [user("Compare the weather in Rome and Oslo.")];
    const question = { prompt: { ...prompt, tools: [weather] }, messages: comparison };
    const demand = lacks("tool choice") ? {} : { tool_choice: "required" };

    test("calls tools, in parallel, and takes their results", { skip: lacks("tools") }, async () => {
      const { output_message, finish_reason, log } = await call({ ...question, ...demand });
      assert.deepEqual(cities(output_message.tool_calls), bothCities);
      assert.equal(finish_reason, "tool_calls");
      assert.deepEqual(cities(log.output_message.tool_calls), bothCities);
      isLogged(log, "tool_calls");
      const results = output_message.tool_calls.map((c) => ({ role: "tool", tool_call_id: c.id, name: c.function.name, content: "22 degrees" }));
      const next = await call({ ...question, messages: [...question.messages, output_message, ...results] });
      assert.equal(next.output, "It is sunny in Rome, with 22 degrees.");
    });

    test("streams tool calls", { skip: lacks("tools") }, async () => {
      const { chunks, last, log } = await streamed(question);
      assert.deepEqual(cities(last.output_message.tool_calls), bothCities);
      assert.equal(last.finish_reason, "tool_calls");
      assert.ok(chunks.slice(0, -1).some((chunk) => chunk.output_message?.tool_calls), "tool calls come as deltas");
      assert.deepEqual(cities(log.output_message.tool_calls), bothCities);
      isLogged(log, "tool_calls");
    });

    describe("through the official SDK", () => {
      const own = { path: newPath("sdk") };
      const asked = { messages: comparison, ...own };
      const withTools = { ...asked, path: `${own.path}-tools` };
      const logged = async (id, finishReason) => {
        const log = await client.logs.get(id);
        assert.deepEqual([log.provider, log.model, log.finishReason], [p.provider, p.model, finishReason]);
        return log;
      };

      // The SDK sends no provider and no endpoint that it does not know, so those Prompts are made without it.
      const knows = Object.values(Humanloop.ModelProviders).includes(p.provider) && p.endpoint === "chat";
      before(async () => {
        for (const content of [{ ...own, template }, { path: withTools.path, tools: lacks("tools") ? [] : [weather] }]) {
          const { max_tokens: maxTokens, ...rest } = { ...prompt, ...content };
          if (knows) await client.prompts.upsert({ ...rest, maxTokens });
          else await json("POST", "/prompts", { ...prompt, ...content });
        }
      });

      test("answers and streams", async () => {
        const answer = await client.prompts.call({ ...own, inputs });
        assert.equal(answer.logs[0].output, paris);
        const chunks = await collect(await client.prompts.callStream({ ...own, inputs }));
        assert.equal(chunks.map((chunk) => chunk.output).join(""), paris);
        for (const { id } of [answer.logs[0], chunks[0]]) assert.equal((await logged(id, "stop")).output, paris);
        const { promptTokens, outputTokens } = await logged(answer.logs[0].id, "stop");
        assert.deepEqual([promptTokens, outputTokens], [12, 9]);
      });

      test("calls tools and streams their calls", { skip: lacks("tools") }, async () => {
        const answer = await client.prompts.call(withTools);
        assert.deepEqual(cities(answer.logs[0].outputMessage.toolCalls), bothCities);
        const chunks = await collect(await client.prompts.callStream(withTools));
        assert.deepEqual(cities(chunks.at(-1).outputMessage.toolCalls), bothCities);
        for (const { id } of [answer.logs[0], chunks[0]]) {
          assert.deepEqual(cities((await logged(id, "tool_calls")).outputMessage.toolCalls), bothCities);
        }
      });
    });

    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${redSquare}` } };
    const sight = { messages: [user([{ type: "text", text: "What is in this image?" }, image])] };

    test("sees images", { skip: lacks("images") }, async () => {
      const { output, log } = await call(sight);
      assert.equal(output, "A red square.");
      assert.ok(JSON.stringify(log.provider_request).includes(redSquare), "the image was sent");
      assert.deepEqual(log.messages[0].content[1], image);
    });

    const extraction = { prompt: { ...prompt, response_format: person }, messages: [user("Extract the person: Ada is 36.")] };

    test("answers in JSON of a schema", { skip: lacks("schema") }, async () => {
      const { output, log } = await call(extraction);
      assert.deepEqual(JSON.parse(output), { name: "Ada", age: 36 });
      assert.match(JSON.stringify(log.provider_request), /age.*integer/, "the schema was sent");
    });

    for (const [what, param, body] of [
      ["images", "messages", sight],
      ["schema", "response_format", extraction],
      ["tools", "tools", question],
      ["tool choice", "tool_choice", { ...question, tool_choice: "required" }],
    ]) {
      if (!lacks(what)) continue;
      test(`refuses what the provider lacks: ${what}`, async () => {
        const { status, detail } = await fails(body);
        assert.deepEqual([status, detail.reason, detail.param, detail.origin], [422, "unsupported_parameter", param, "Openloop"]);
        assert.equal(detail.provider_status, undefined);
      });
    }

    const riddle = { prompt: { ...prompt, model: p.reasoning, max_tokens: 4000, reasoning_effort: "low" }, messages: [user("What is six times seven?")] };
    const thoughts = (message) => (message.thinking ?? []).map((block) => block.thinking).join("");

    test("reasons", { skip: !p.reasoning }, async () => {
      const { output, output_message } = await call(riddle);
      assert.equal(output, "42");
      assert.equal(thoughts(output_message), "Six sevens are forty-two.");
    });

    test("streams reasoning", { skip: !p.reasoning }, async () => {
      const { text, last, log } = await streamed(riddle);
      assert.equal(text, "42");
      assert.equal(thoughts(last.output_message), "Six sevens are forty-two.");
      assert.equal(thoughts(log.output_message), "Six sevens are forty-two.");
    });

    // The emulator leaves out why a response of OpenAI's Responses API is incomplete.
    test("says that the limit of tokens ended the answer", { skip: p.endpoint === "responses" }, async () => {
      const { finish_reason, log } = await call({ messages: [user("Stop early.")] });
      assert.equal(finish_reason, "length");
      isLogged(log, "length");
    });

    after(async () => {
      const { total, records } = await json("GET", `/logs?size=100&file_id=${(await json("GET", `/logs/${ids[0]}`)).prompt.id}`);
      assert.equal(total, ids.length, `${path} has as many Logs as it was called`);
      assert.deepEqual(new Set(records.map((log) => log.id)), new Set(ids));
    });
  });
}
