// What a team does with the TypeScript SDK: functions that log themselves, and traces. Fault F3: with 0.8.20 and 0.8.21-beta2.
import assert from "node:assert/strict";
import { test } from "node:test";

import { OpenAI, client, collect, emulator, newPath, providerKey, user } from "./helpers.mjs";

const openai = new OpenAI({ baseURL: `${emulator}/v1`, apiKey: providerKey });
const echo = { provider: "mock", model: "echo" };

// eventually is what get returns as soon as it is true: the SDK sends spans in the background.
async function eventually(get) {
  for (let tries = 0; ; tries++) {
    try {
      const found = await get();
      if (found || tries > 200) return found;
    } catch (e) {
      if (tries > 200) throw e;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const fileAt = (path) => client.files.retrieveByPath({ path });
const logsAt = async (path) => collect(await client.logs.list({ fileId: (await fileAt(path)).id }));
const finished = async (path) => {
  const logs = await eventually(async () => {
    const complete = (await logsAt(path)).filter((log) => log.logStatus === "complete");
    return complete.length && complete;
  });
  assert.equal(logs.length, 1);
  return logs[0];
};

async function ask(question) {
  const answer = await openai.chat.completions.create({ model: "gpt-4o", temperature: 0.5, messages: [user(question)] });
  return answer.choices[0].message.content;
}

test("a flow logs its inputs and what it returns", async () => {
  const path = newPath("flow");
  const answer = client.flow({ path, attributes: { settings: { depth: [1, 2] } }, callable: ({ question }) => ({ question, n: 1 }) });
  await answer({ question: "why?", messages: [user("before")] });
  const log = await finished(path);
  assert.deepEqual([log.inputs, JSON.parse(log.output), log.error], [{ question: "why?" }, { question: "why?", n: 1 }, undefined]);
  assert.deepEqual(log.messages.map(({ role, content }) => ({ role, content })), [user("before")]);
  assert.deepEqual(log.flow.attributes, { settings: { depth: [1, 2] } });
});

test("a flow logs the message that it returns", async () => {
  const path = newPath("message");
  await client.flow({ path, callable: ({ question }) => ({ role: "assistant", content: question.toUpperCase() }) })({ question: "why?" });
  const log = await finished(path);
  assert.deepEqual([log.outputMessage.role, log.outputMessage.content, log.output, log.error], ["assistant", "WHY?", undefined, undefined]);
});

test("a flow logs that it failed", async (t) => {
  t.mock.method(console, "error", () => {});
  const path = newPath("fails");
  const fail = () => {
    throw new Error("no answer today");
  };
  await client.flow({ path, callable: fail })({ question: "why?" });
  const log = await finished(path);
  assert.deepEqual([log.error, log.output], ["no answer today", undefined]);
});

test("a trace of a flow, a tool, a prompt, a call and a log", async () => {
  const [flow, tool, prompt, called, logged] = ["trace", "tool", "prompt", "call", "log"].map(newPath);
  const version = { function: { name: "look", description: "Looks.", parameters: { type: "object", properties: { word: { type: "string" } }, required: ["word"] } } };
  const look = client.tool({ path: tool, version, callable: ({ word }) => word.toUpperCase() });
  const think = client.prompt({ path: prompt, callable: ({ question }) => ask(question) });
  const answer = client.flow({
    path: flow,
    callable: async ({ question }) => {
      await look({ word: question });
      await client.prompts.call({ path: called, prompt: echo, messages: [user(question)] });
      await client.prompts.log({ path: logged, prompt: echo, output: "by hand" });
      return think({ question });
    },
  });
  const output = await answer({ question: "What is the capital of France?" });
  assert.match(output, /Paris/);
  const trace = await finished(flow);
  assert.equal(trace.output, output);
  const paths = [tool, prompt, called, logged];
  await eventually(async () => (await client.logs.get(trace.id)).traceChildren?.length === paths.length);
  for (const path of paths) {
    const logs = await logsAt(path);
    assert.deepEqual(logs.map((log) => log.traceParentId), [trace.id], path);
  }
  const [log] = await logsAt(prompt);
  assert.equal(log.outputMessage.content, output);
  assert.deepEqual([log.prompt.provider, log.prompt.model, log.prompt.temperature], ["openai", "gpt-4o", 0.5]);
  const { function: spec } = await fileAt(tool);
  assert.deepEqual([spec.name, spec.parameters], ["look", version.function.parameters]);
});
