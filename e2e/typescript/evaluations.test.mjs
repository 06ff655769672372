// Evaluations: every operation, and `evaluations.run`: of code of one's own, judged by code of one's own, and of a Prompt that the server runs and judges.
import assert from "node:assert/strict";
import { test } from "node:test";

import { exercise, fails, whole } from "./exercise.mjs";
import { client, collect, newPath, once, user } from "./helpers.mjs";

const echo = { provider: "mock", model: "echo" };
const external = { evaluatorType: "external", argumentsType: "target_free", returnType: "boolean" };

test("every operation of evaluations", async () => {
  const [evaluations, called] = exercise("evaluations");
  const prompt = await client.prompts.upsert({ path: newPath("evaluated"), ...echo });
  const good = await client.evaluators.upsert({ path: newPath("good"), spec: external });
  const length = await client.evaluators.upsert({ path: newPath("length"), spec: { ...external, returnType: "number" } });
  const dataset = await client.datasets.upsert({ path: newPath("data"), datapoints: [{ inputs: { n: "1" } }, { inputs: { n: "2" } }], includeDatapoints: true });
  const evaluation = await evaluations.create({ name: "Quality", file: { id: prompt.id }, evaluators: [{ path: good.path }] });
  const { id } = evaluation;
  assert.deepEqual([evaluation.name, evaluation.fileId], ["Quality", prompt.id]);
  assert.equal((await evaluations.addEvaluators(id, { evaluators: [{ versionId: length.versionId }] })).evaluators.length, 2);
  await fails(409, "already_exists", client.evaluations.create({ name: "Quality", file: { id: prompt.id }, evaluators: [] }, once));

  const run = await evaluations.createRun(id, { dataset: { versionId: dataset.versionId }, version: { versionId: prompt.versionId }, orchestrated: false });
  for (const datapoint of dataset.datapoints) {
    const log = await client.prompts.log({ id: prompt.id, runId: run.id, sourceDatapointId: datapoint.id, inputs: datapoint.inputs, output: "fine" });
    await client.evaluators.log({ parentId: log.id, id: good.id, judgment: true });
    await client.evaluators.log({ parentId: log.id, id: length.id, judgment: 4 });
  }
  const stats = await evaluations.getStats(id);
  assert.deepEqual([stats.status, stats.runStats[0].runId, stats.runStats[0].numLogs], ["completed", run.id, 2]);
  const scores = stats.runStats[0].evaluatorStats;
  assert.deepEqual([scores.find((s) => "numTrue" in s).numTrue, scores.find((s) => "mean" in s).mean], [2, 4]);
  assert.equal((await evaluations.getLogs(id, { size: 100 })).records.length, 2);

  const loose = await evaluations.createRun(id);
  const byHand = await client.prompts.log({ id: prompt.id, output: "by hand" });
  await evaluations.addLogsToRun(id, loose.id, { logIds: [byHand.id] });
  assert.equal((await evaluations.updateEvaluationRun(id, loose.id, { control: true, status: "cancelled" })).status, "cancelled");
  assert.deepEqual((await evaluations.listRunsForEvaluation(id)).runs.map((r) => r.id), [loose.id, run.id]);
  const second = await evaluations.create({ name: "Second", file: { id: prompt.id }, evaluators: [{ id: good.id }] });
  await evaluations.addExistingRun(second.id, run.id);
  await evaluations.removeRun(second.id, run.id);
  assert.equal((await evaluations.removeEvaluator(id, length.versionId)).evaluators.length, 1);
  assert.equal((await evaluations.get(id)).id, id);
  assert.deepEqual((await collect(await evaluations.list({ fileId: prompt.id, size: 1 }))).map((e) => e.id), [second.id, id]);
  await evaluations.delete(second.id);
  await fails(404, "evaluation_not_found", client.evaluations.get(second.id, once));
  called.add("run"); // below
  whole("evaluations", called);
});

test("evaluations.run judges code of one's own with code of one's own", async (t) => {
  t.mock.method(console, "log", () => {});
  const [flow, dataset, exact] = ["flow", "dataset", "exact"].map(newPath);
  const [check] = await client.evaluations.run({
    name: "Quality",
    file: { path: flow, type: "flow", version: { attributes: { v: 1 } }, callable: ({ question }) => (question === "a" ? "A" : "?") },
    dataset: { path: dataset, datapoints: ["a", "b", "c", "d"].map((q) => ({ inputs: { question: q }, target: { output: q.toUpperCase() } })) },
    evaluators: [{
      path: exact, argsType: "target_required", returnType: "boolean", threshold: 0.2,
      callable: ({ log, datapoint }) => log.output === datapoint.target.output,
    }],
  });
  assert.deepEqual([check.path, check.thresholdCheck], [exact, true]);
  const [evaluation] = await collect(await client.evaluations.list({ fileId: (await client.files.retrieveByPath({ path: flow })).id }));
  const [stats] = (await client.evaluations.getStats(evaluation.id)).runStats;
  assert.deepEqual([stats.status, stats.numLogs, stats.evaluatorStats[0].numTrue], ["completed", 4, 1]);
});

test("evaluations.run has the server run a Prompt and judge it", async (t) => {
  assert.ok(!process.stdout.isTTY, "the SDK moves the cursor of a terminal");
  t.mock.method(console, "log", () => {});
  const [path, dataset, exact] = ["prompt", "dataset", "exact"].map(newPath);
  const version = { ...echo, template: [user("{{letter}}")] };
  const prompt = await client.prompts.upsert({ path, ...version });
  await client.evaluators.upsert({
    path: exact,
    spec: {
      evaluatorType: "python", argumentsType: "target_required", returnType: "boolean",
      code: 'def exact(log, testcase):\n    return testcase["target"]["output"] in log["output"]\n',
    },
  });
  const [check] = await client.evaluations.run({
    name: "Orchestrated",
    file: { path, type: "prompt", version },
    dataset: { path: dataset, datapoints: ["a", "b", "c", "d"].map((letter) => ({ inputs: { letter }, target: { output: letter === "d" ? "x" : letter } })) },
    evaluators: [{ path: exact, threshold: 0.7 }],
  });
  assert.deepEqual([check.path, check.thresholdCheck], [exact, true]);
  const [evaluation] = await collect(await client.evaluations.list({ fileId: prompt.id }));
  const { report, runStats: [stats] } = await client.evaluations.getStats(evaluation.id);
  assert.deepEqual([stats.status, stats.versionId, stats.numLogs, stats.evaluatorStats[0].numTrue], ["completed", prompt.versionId, 4, 3]);
  assert.ok(report.includes(`${exact}  0.75`), report);
});
