// Every operation of the official TypeScript SDK, once. What the SDK cannot read of an answer, it says as a warning, which fails here.
import assert from "node:assert/strict";
import { test } from "node:test";

import { exercise, fails, whole } from "./exercise.mjs";
import { client, collect, newPath, once, user } from "./helpers.mjs";

const echo = { provider: "mock", model: "echo" };
const external = { evaluatorType: "external", argumentsType: "target_free", returnType: "boolean" };
const weather = { name: "weather", description: "The weather.", parameters: { type: "object", properties: { city: { type: "string" } } } };
const start = new Date("2026-01-02T03:04:05.000Z");

// live exercises what all kinds of Files have: versions, deployments, monitoring, moving.
async function live(name, first, second, updateVersion, deleteVersion) {
  const [files, called] = exercise(name);
  const path = newPath(name);
  const one = await files.upsert({ path, ...first, versionName: "one", versionDescription: "The first." });
  const two = await files.upsert({ path, ...second, versionName: "two" });
  assert.deepEqual([two.id, two.name, two.type], [one.id, path.split("/").at(-1), name.slice(0, -1)]);
  assert.deepEqual([one.versionName, one.versionDescription], ["one", "The first."]);
  assert.equal((await files.get(one.id)).versionId, one.versionId);
  assert.equal((await files.get(one.id, { versionId: two.versionId })).versionId, two.versionId);

  const environments = Object.fromEntries((await files.listEnvironments(one.id)).map((environment) => [environment.name, environment]));
  assert.equal(environments.production.file.versionId, one.versionId);
  assert.equal(environments.staging.file, undefined);
  const deployed = await files.setDeployment(one.id, environments.staging.id, { versionId: two.versionId });
  assert.deepEqual(deployed.environments.map((environment) => environment.name), ["staging"]);
  assert.equal((await files.get(one.id, { environment: "staging" })).versionId, two.versionId);
  await fails(409, "in_use", client[name][deleteVersion](one.id, two.versionId, once));
  await files.removeDeployment(one.id, environments.staging.id);

  const renamed = await files[updateVersion](one.id, two.versionId, { name: "second", description: "Renamed." });
  assert.deepEqual([renamed.versionName, renamed.versionDescription], ["second", "Renamed."]);
  assert.deepEqual((await files.listVersions(one.id)).records.map((version) => version.versionName), ["second", "one"]);
  await files[deleteVersion](one.id, two.versionId);
  assert.deepEqual((await files.listVersions(one.id)).records.map((version) => version.versionId), [one.versionId]);

  const moved = await files.move(one.id, { path: `${path}/moved` });
  assert.deepEqual([moved.path, moved.name], [`${path}/moved`, "moved"]);
  const renamedFile = await files.move(one.id, { name: path.split("/").at(-1) });
  const found = await collect(await files.list({ name: renamedFile.name.toUpperCase(), size: 1, sortBy: "updated_at", order: "asc" }));
  assert.deepEqual(found.map((file) => file.id), [one.id]);

  if (name !== "datasets") {
    const judge = await client.evaluators.upsert({ path: newPath("judge"), spec: external });
    const activate = [{ evaluatorVersionId: judge.versionId }];
    const [monitor] = (await files.updateMonitoring(one.id, { activate })).evaluators;
    assert.deepEqual([monitor.state, monitor.versionReference.type], ["active", "version"]);
    const { evaluators } = await files.updateMonitoring(one.id, { deactivate: activate });
    assert.deepEqual(evaluators.map((evaluator) => evaluator.state), ["inactive"]);
  }
  return [files, called, renamedFile];
}

test("prompts", async () => {
  const template = [{ role: "system", content: "Be brief." }, user("Hello {{name}}!")];
  const [prompts, called, prompt] = await live(
    "prompts", { ...echo, template }, { ...echo, template, temperature: 0.5 }, "patchPromptVersion", "deletePromptVersion",
  );
  const { id } = prompt;
  assert.equal((await prompts.call({ id, inputs: { name: "Ada" } })).logs[0].output, "Hello Ada!");
  const chunks = await collect(await prompts.callStream({ id, inputs: { name: "Ada" } }));
  assert.equal(chunks.map((chunk) => chunk.output).join(""), "Hello Ada!");
  assert.equal((await prompts.populate(id, { body: { name: "Ada" } })).populatedTemplate[1].content, "Hello Ada!");
  const logged = await prompts.log({ id, output: "Hi.", inputs: { name: "Ada" }, startTime: start });
  assert.deepEqual([logged.promptId, logged.versionId], [id, prompt.versionId]);
  assert.equal((await prompts.updateLog(id, logged.id, { output: "Hi, Ada." })).output, "Hi, Ada.");
  await prompts.delete(id);
  whole("prompts", called);
});

test("tools", async () => {
  const [tools, called, { id }] = await live(
    "tools", { function: weather }, { function: weather, setupValues: { unit: "celsius" } }, "updateToolVersion", "deleteToolVersion",
  );
  const logged = await tools.log({ id, inputs: { city: "Rome" }, output: "sunny", startTime: start });
  assert.equal(logged.toolId, id);
  assert.equal((await tools.update(id, logged.id, { output: "rain" })).output, "rain");
  await tools.delete(id);
  whole("tools", called);
});

test("datasets", async () => {
  const rome = { inputs: { city: "Rome" }, messages: [user("Where?")], target: { output: "Italy", population: 2.8 } };
  const oslo = { inputs: { city: "Oslo" }, target: { output: "Norway" } };
  const [datasets, called, { id }] = await live(
    "datasets", { datapoints: [rome, oslo] }, { datapoints: [rome] }, "updateDatasetVersion", "deleteDatasetVersion",
  );
  const listed = await collect(await datasets.listDatapoints(id, { size: 1 }));
  assert.deepEqual(listed.map(({ inputs, target }) => ({ inputs, target })), [rome, oslo].map(({ inputs, target }) => ({ inputs, target })));
  const csv = new File(["city,target\nBérgen,Norway\n\"Bari, old\",Italy\n"], "rows.csv", { type: "text/csv" });
  const uploaded = await datasets.uploadCsv(csv, id, { versionName: "csv" });
  assert.deepEqual([uploaded.datapointsCount, uploaded.versionName], [4, "csv"]);
  const got = await datasets.get(id, { versionId: uploaded.versionId, includeDatapoints: true });
  assert.deepEqual(got.datapoints.map((datapoint) => datapoint.inputs.city), ["Rome", "Oslo", "Bérgen", "Bari, old"]);
  await datasets.delete(id);
  whole("datasets", called);
});

test("evaluators", async () => {
  const select = { ...external, evaluatorType: "human", returnType: "select", options: [{ name: "good", valence: "positive" }, { name: "bad" }] };
  const [evaluators, called, { id }] = await live(
    "evaluators", { spec: external }, { spec: select }, "updateEvaluatorVersion", "deleteEvaluatorVersion",
  );
  const judged = await client.prompts.log({ path: newPath("judged"), prompt: echo, output: "Hi." });
  const judgment = await evaluators.log({ parentId: judged.id, id, judgment: true });
  assert.equal(judgment.parentId, judged.id);
  const log = await client.logs.get(judged.id);
  assert.deepEqual(log.evaluatorLogs.map((own) => [own.id, own.judgment]), [[judgment.id, true]]);
  await evaluators.delete(id);
  whole("evaluators", called);
});

test("flows and logs", async () => {
  const [flows, called, { id, versionId }] = await live(
    "flows", { attributes: {} }, { attributes: { model: { size: 7 } } }, "updateFlowVersion", "deleteFlowVersion",
  );
  const [logs, calledLogs] = exercise("logs");
  const trace = await flows.log({ id, inputs: { question: "?" }, logStatus: "incomplete", startTime: start });
  assert.deepEqual([trace.flowId, trace.versionId, trace.logStatus], [id, versionId, "incomplete"]);
  const child = await client.tools.log({ path: newPath("child"), tool: { function: weather }, output: "sunny", traceParentId: trace.id });
  assert.equal((await flows.updateLog(trace.id, { output: "done", logStatus: "complete" })).logStatus, "complete");
  const got = await logs.get(trace.id);
  assert.deepEqual(got.traceChildren.map((log) => log.id), [child.id]);
  const other = await flows.log({ id, inputs: { question: "later" }, output: "done too", logStatus: "complete", createdAt: start });
  const list = async (filter) => (await collect(await logs.list({ fileId: id, ...filter }))).map((log) => log.id);
  assert.deepEqual(await list({ size: 1, includeTraceChildren: true }), [trace.id, other.id]);
  assert.deepEqual(await list({ id: [trace.id, other.id], inTraceFilter: [true, false] }), [trace.id, other.id]);
  assert.deepEqual(await list({ search: "done too", endDate: start }), [other.id]);
  await logs.delete({ id: [trace.id, other.id] });
  assert.deepEqual(await list({}), []);
  await flows.delete(id);
  whole("flows", called);
  whole("logs", calledLogs);
});

test("directories and files", async () => {
  const [directories, called] = exercise("directories");
  const [files, calledFiles] = exercise("files");
  const path = newPath("directory");
  const outer = await directories.create({ path });
  const inner = await directories.create({ name: "inner", parentId: outer.id });
  assert.deepEqual([outer.path, inner.path, inner.parentId], [path, `${path}/inner`, outer.id]);
  assert.ok((await directories.list()).some((directory) => directory.id === inner.id));
  const unique = path.split("/").at(-1);
  const made = {
    prompt: await client.prompts.upsert({ path: `${inner.path}/${unique}-prompt`, ...echo }),
    tool: await client.tools.upsert({ path: `${inner.path}/${unique}-tool`, function: weather }),
    dataset: await client.datasets.upsert({ path: `${inner.path}/${unique}-dataset`, datapoints: [] }),
    evaluator: await client.evaluators.upsert({ path: `${inner.path}/${unique}-evaluator`, spec: external }),
    flow: await client.flows.upsert({ path: `${inner.path}/${unique}-flow`, attributes: {} }),
  };
  const ids = Object.fromEntries(Object.entries(made).map(([kind, file]) => [kind, file.id]));
  const got = await directories.get(inner.id);
  assert.deepEqual(Object.fromEntries(got.files.map((file) => [file.type, file.id])), ids);
  await fails(409, "in_use", client.directories.delete(outer.id, once));

  const page = await files.listFiles({ name: unique, size: 100 });
  assert.deepEqual(Object.fromEntries(page.records.map((file) => [file.type, file.id])), ids);
  const two = await files.listFiles({ name: unique, type: ["prompt", "flow"], sortBy: "name", order: "asc", page: 1, size: 100 });
  assert.deepEqual(two.records.map((file) => file.type), ["flow", "prompt"]);
  for (const [kind, file] of Object.entries(made)) {
    assert.equal((await files.retrieveByPath({ path: `${inner.path}/${unique}-${kind}` })).id, file.id);
  }
  assert.equal((await directories.update(inner.id, { name: "renamed" })).path, `${path}/renamed`);
  for (const [kind, file] of Object.entries(made)) await client[`${kind}s`].delete(file.id);
  await directories.delete(inner.id);
  await directories.delete(outer.id);
  whole("directories", called);
  whole("files", calledFiles);
});
