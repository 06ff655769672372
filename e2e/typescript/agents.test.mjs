// Agents that the server runs, with the releases of the SDK that have them: every answer and every event must be of the declared type.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { exercise } from "./exercise.mjs";
import { client, collect, newPath, user } from "./helpers.mjs";

const options = { skip: !client.agents && "this release has no Agents" };
const parameters = { type: "object", properties: { input: { type: "string" } } };
const force = (name) => ({ type: "function", function: { name } }); // at the first answer of the mock provider's model
const path = newPath("agent");

before(async () => {
  if (!client.agents) return;
  const tool = await client.tools.upsert({ path: newPath("weather"), toolType: "mock", function: { name: "weather", description: "The weather.", parameters }, setupValues: { output: "sunny" } });
  const ask = { name: "ask", description: "Asks the user.", parameters };
  await client.agents.upsert({ path, provider: "mock", model: "echo", tools: [{ type: "file", link: { fileId: tool.id } }, { type: "inline", jsonSchema: ask }] });
});

// told is the types of events, without repetitions in a row, and what the model said.
const told = (events) => [
  events.map((e) => e.type).filter((type, i, all) => type !== all[i - 1]),
  events.map((e) => e.payload?.output ?? "").join(""),
];

test("an Agent runs tools of the server", options, async () => {
  const [agents] = exercise("agents");
  const answer = await agents.call({ path, messages: [user("Paris")], toolChoice: force("weather"), includeTraceChildren: true });
  assert.deepEqual([answer.output, answer.logStatus, answer.traceChildren.map((c) => c.output)], ["Paris", "complete", ["sunny"]]);
});

test("an Agent waits for tools of the client", options, async () => {
  const [agents] = exercise("agents");
  const answer = await agents.call({ path, messages: [user("Paris")], toolChoice: force("ask") });
  assert.equal(answer.logStatus, "incomplete");
  const [call] = answer.previousAgentMessage.toolCalls;
  const done = await agents.continueCall({ logId: answer.logId, messages: [{ role: "tool", toolCallId: call.id, content: "Rome" }] });
  assert.deepEqual([done.logId, done.logStatus, done.output], [answer.logId, "complete", "Paris"]);
});

test("an Agent streams its events", options, async () => {
  const [agents] = exercise("agents");
  const events = await collect(await agents.callStream({ path, messages: [user("one two")], toolChoice: force("ask") }));
  assert.deepEqual(told(events), [["agent_turn_start", "agent_start", "agent_update", "agent_end", "agent_turn_suspend"], ""]);
  const [call] = events.find((e) => e.type === "agent_end").payload.outputMessage.toolCalls;
  const more = await collect(await agents.continueCallStream({ logId: events[0].logId, messages: [{ role: "tool", toolCallId: call.id, content: "x" }] }));
  assert.deepEqual(told(more), [["agent_turn_continue", "agent_start", "agent_update", "agent_end", "agent_turn_end"], "one two"]);
});
