// The official TypeScript SDK, unmodified, against the server and its provider "mock".
import assert from "node:assert/strict";
import { test } from "node:test";

import { Humanloop, HumanloopClient, HumanloopError, client, collect, newPath, once, url, user } from "./helpers.mjs";

const echo = { provider: "mock", model: "echo" };
const greeting = { ...echo, template: [user("Hello {{name}}!")] };

test("call makes the Prompt at its path", async () => {
  const path = newPath("call");
  const answer = await client.prompts.call({ path, prompt: greeting, inputs: { name: "Ada" } });
  assert.equal(answer.prompt.path, path);
  assert.equal(answer.prompt.name, path.split("/").at(-1));
  assert.deepEqual(answer.prompt.inputs, [{ name: "name" }]);
  assert.deepEqual(answer.inputs, { name: "Ada" });
  assert.equal(answer.logs.length, 1);
  assert.equal(answer.logs[0].index, 0);
  assert.equal(answer.logs[0].output, "Hello Ada!");
  assert.equal(answer.logs[0].outputMessage.role, "assistant");
  assert.equal(answer.logs[0].finishReason, "stop");
  assert.ok(answer.id);
});

test("call finds the Prompt by its path and by its id", async () => {
  const path = newPath("find");
  const { id, versionId } = await client.prompts.upsert({ path, ...greeting });
  const byPath = await client.prompts.call({ path, inputs: { name: "Grace" } });
  const byId = await client.prompts.call({ id, inputs: { name: "Grace" } });
  const byVersion = await client.prompts.call({ id, versionId, inputs: { name: "Grace" } });
  for (const answer of [byPath, byId, byVersion]) {
    assert.equal(answer.prompt.id, id);
    assert.equal(answer.prompt.versionId, versionId);
    assert.equal(answer.logs[0].output, "Hello Grace!");
  }
});

test("call with the same content uses the same version", async () => {
  const path = newPath("same");
  const first = await client.prompts.call({ path, prompt: greeting, inputs: { name: "a" } });
  const second = await client.prompts.call({ path, prompt: greeting, inputs: { name: "b" } });
  const third = await client.prompts.call({ path, prompt: { ...greeting, temperature: 0.5 }, inputs: { name: "c" } });
  assert.equal(second.prompt.versionId, first.prompt.versionId);
  assert.notEqual(third.prompt.versionId, first.prompt.versionId);
});

test("callStream streams", async () => {
  const path = newPath("stream");
  const text = "Grüße, 世界 and 😀: one two three four five six.";
  const chunks = await collect(await client.prompts.callStream({ path, prompt: echo, messages: [user(text)] }));
  assert.ok(chunks.length > 3, `${chunks.length} chunks`);
  for (const chunk of chunks) {
    assert.equal(typeof chunk.output, "string");
    assert.equal(chunk.index, 0);
    assert.equal(chunk.id, chunks[0].id);
    assert.equal(chunk.promptId, chunks[0].promptId);
    assert.equal(chunk.versionId, chunks[0].versionId);
    assert.equal(chunk.error, undefined);
  }
  assert.equal(chunks.map((chunk) => chunk.output).join(""), text);
  assert.equal(chunks.at(-1).finishReason, "stop");
  const log = await client.logs.get(chunks[0].id);
  assert.equal(log.output, text);
});

test("several samples are answered side by side", async () => {
  const request = { path: newPath("samples"), prompt: echo, messages: [user("one two three")], numSamples: 3 };
  const answer = await client.prompts.call(request);
  assert.deepEqual(answer.logs.map((log) => [log.index, log.output]), [0, 1, 2].map((i) => [i, "one two three"]));
  const texts = ["", "", ""];
  for (const chunk of await collect(await client.prompts.callStream(request))) texts[chunk.index] += chunk.output;
  assert.deepEqual(texts, Array(3).fill("one two three"));
});

test("tools are called when forced", async () => {
  const tools = [{ name: "look_up", description: "Looks up.", parameters: { type: "object", properties: { word: { type: "string" } } } }];
  const answer = await client.prompts.call({
    path: newPath("tools"), prompt: { ...echo, tools }, messages: [user('{"word": "loop"}')], toolChoice: "required",
  });
  const [call] = answer.logs[0].outputMessage.toolCalls;
  assert.equal(call.type, "function");
  assert.equal(call.function.name, "look_up");
  assert.deepEqual(JSON.parse(call.function.arguments), { word: "loop" });
  assert.equal(answer.logs[0].finishReason, "tool_calls");
});

test("log and updateLog record a call made elsewhere", async () => {
  const path = newPath("log");
  const created = await client.prompts.log({
    path, prompt: greeting, inputs: { name: "Ada" }, messages: [user("Hello Ada!")], output: "Hi.", metadata: { run: "first" },
    promptTokens: 4, outputTokens: 2, source: "e2e", createdAt: new Date("2026-01-02T03:04:05.678Z"),
  });
  await client.prompts.updateLog(created.promptId, created.id, { output: "Hi, Ada.", metadata: { run: "second" } });
  const log = await client.logs.get(created.id);
  assert.equal(log.output, "Hi, Ada.");
  assert.deepEqual(log.inputs, { name: "Ada" });
  assert.deepEqual(log.messages.map(({ role, content }) => ({ role, content })), [user("Hello Ada!")]);
  assert.deepEqual(log.metadata, { run: "second" });
  assert.equal(log.promptTokens, 4);
  assert.equal(log.outputTokens, 2);
  assert.equal(log.source, "e2e");
  assert.equal(log.createdAt.toISOString(), "2026-01-02T03:04:05.678Z");
  assert.equal(log.prompt.versionId, created.versionId);
});

test("upsert, get, list, listVersions and delete", async () => {
  const path = newPath("files");
  const first = await client.prompts.upsert({ path, ...greeting, temperature: 0.1, versionName: "one", tags: ["a"] });
  const second = await client.prompts.upsert({ path, ...greeting, temperature: 0.2, versionName: "two" });
  const again = await client.prompts.upsert({ path, ...greeting, temperature: 0.1 });
  assert.equal(again.versionId, first.versionId);
  assert.equal(second.id, first.id);
  assert.equal(second.type, "prompt");
  assert.equal((await client.prompts.get(first.id)).versionId, first.versionId, "the first version stays deployed");
  assert.equal((await client.prompts.get(first.id, { versionId: second.versionId })).temperature, 0.2);
  assert.equal((await client.prompts.get(first.id, { environment: "production" })).versionId, first.versionId);

  const versions = await client.prompts.listVersions(first.id);
  assert.deepEqual(new Set(versions.records.map((v) => v.versionName)), new Set(["one", "two"]));

  const name = path.split("/").at(-1);
  const found = await collect(await client.prompts.list({ name: name.toUpperCase(), size: 1 }));
  assert.deepEqual(found.map((prompt) => prompt.id), [first.id]);

  await client.prompts.delete(first.id);
  await assert.rejects(client.prompts.get(first.id, {}, once), (e) => e instanceof HumanloopError && e.statusCode === 404);
});

test("the list of Prompts is read page by page", async () => {
  const prefix = newPath("page").split("/").at(-1);
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await client.prompts.upsert({ path: `e2e/pages/${prefix}-${i}`, ...echo })).id);
  const list = await collect(await client.prompts.list({ name: prefix, size: 2, sortBy: "created_at", order: "asc" }));
  assert.deepEqual(list.map((prompt) => prompt.id), ids);
});

test("populate fills the template", async () => {
  const { id } = await client.prompts.upsert({ path: newPath("populate"), ...greeting });
  const prompt = await client.prompts.populate(id, { body: { name: "Ada" } });
  assert.deepEqual(prompt.populatedTemplate.map(({ role, content }) => ({ role, content })), [user("Hello Ada!")]);
});

test("logs are listed with filters, page by page, and deleted", async () => {
  const path = newPath("logs");
  const texts = ["apple pie", "banana split", "cherry cake", "apple tart", "plum jam"];
  let prompt;
  for (const [i, text] of texts.entries()) {
    const answer = await client.prompts.call({ path, prompt: echo, messages: [user(text)], metadata: { number: `n${i}` } });
    prompt = answer.prompt;
  }
  const list = async (filter) => (await collect(await client.logs.list({ fileId: prompt.id, ...filter }))).map((log) => log.output);
  assert.deepEqual(await list({}), texts.toReversed());
  assert.deepEqual(await list({ size: 2 }), texts.toReversed());
  assert.deepEqual(await list({ search: "apple" }), ["apple tart", "apple pie"]);
  assert.deepEqual(await list({ metadataSearch: "n2" }), ["cherry cake"]);
  assert.deepEqual(await list({ versionId: prompt.versionId, size: 100 }), texts.toReversed());
  assert.deepEqual(await list({ endDate: new Date("2020-01-01") }), []);

  const [newest] = await collect(await client.logs.list({ fileId: prompt.id, size: 1 }));
  await client.logs.delete({ id: newest.id });
  assert.deepEqual(await list({}), texts.slice(0, -1).toReversed());
  await assert.rejects(client.logs.get(newest.id, once), (e) => e instanceof HumanloopError && e.statusCode === 404);
});

test("the text of a .prompt file is a Prompt", async () => {
  const prompt = "---\nmodel: echo\nprovider: mock\n---\n\n<user>\n  Hello {{name}}!\n</user>\n";
  const answer = await fetch(`${url}/prompts/call`, {
    method: "POST",
    headers: { "X-API-KEY": process.env.OPENLOOP_API_KEY },
    body: JSON.stringify({ path: newPath("file"), prompt, inputs: { name: "Ada" } }),
  });
  assert.equal((await answer.json()).logs[0].output, "Hello Ada!");
});

// The typed errors. `call` and `log` of this SDK wrap them in one of their own, so the others are used.
const unprocessable = (reason) => (e) => {
  assert.ok(e instanceof Humanloop.UnprocessableEntityError, String(e));
  assert.equal(e.statusCode, 422);
  assert.equal(e.body.detail.reason, reason);
  return true;
};

test("422: an invalid request is a typed exception that lists what is wrong", async () => {
  await assert.rejects(client.prompts.upsert({ path: newPath("bad"), ...echo, temperature: 9, topP: 3 }, once), (e) => {
    unprocessable("validation_failed")(e);
    assert.deepEqual(e.body.detail.errors.map((violation) => violation.param).sort(), ["temperature", "top_p"]);
    return true;
  });
});

test("422: missing inputs are named before anything is sent", async () => {
  const { id } = await client.prompts.upsert({ path: newPath("missing"), ...greeting });
  await assert.rejects(client.prompts.populate(id, { body: {} }, once), unprocessable("missing_inputs"));
  await assert.rejects(client.prompts.call({ id }, once), /missing_inputs/);
  // The SDK cannot read the body of a streamed call's 422, whatever it is, and throws an error of its own about that.
  await assert.rejects(client.prompts.callStream({ id }, once));
});

test("404: what does not exist", async () => {
  await assert.rejects(client.prompts.get("pr_none", {}, once), (e) => {
    assert.ok(e instanceof HumanloopError);
    assert.equal(e.statusCode, 404);
    assert.equal(e.body.detail.reason, "prompt_not_found");
    return true;
  });
});

test("401: a wrong key", async () => {
  const stranger = new HumanloopClient({ baseUrl: url, apiKey: "hl_sk_wrong" });
  await assert.rejects(stranger.prompts.get("pr_none", {}, once), (e) => {
    assert.equal(e.statusCode, 401);
    assert.equal(e.body.detail.reason, "gateway_key_invalid");
    return true;
  });
});

for (const [reason, status] of [["rate_limited", 429], ["overloaded", 503], ["provider_internal", 500], ["invalid_api_key", 401], ["model_not_found", 404]]) {
  test(`${status}: a provider's failure ${reason}`, async () => {
    const request = { path: newPath(reason), prompt: { provider: "mock", model: `error/${reason}` }, messages: [user("hi")] };
    await assert.rejects(client.prompts.callStream(request, once), (e) => e instanceof HumanloopError && e.statusCode === status);
    await assert.rejects(client.prompts.call(request, once), new RegExp(reason));
  });
}

test("a stream that breaks ends with a chunk that says why", async () => {
  const request = { path: newPath("cut"), prompt: { provider: "mock", model: "cut/3" }, messages: [user("a b c d e f g")] };
  const chunks = await collect(await client.prompts.callStream(request, once));
  const last = chunks.at(-1);
  assert.ok(last.error, "the last chunk has an error");
  assert.equal(last.output, "");
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.error === undefined));
  const log = await client.logs.get(last.id);
  assert.equal(log.error, last.error);
  assert.equal(log.output, chunks.map((chunk) => chunk.output).join(""));
});
