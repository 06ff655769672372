import { expect, it } from "vitest";
import { begin } from "./answer";
import { after, sent } from "./conversation";

const said = { ...begin(0), message: { role: "assistant" as const, content: "Hi" } };

it("a conversation goes on with a message of the user", () => {
  expect(after([{ role: "user", content: "a" }], said)).toEqual([
    { role: "user", content: "a" },
    { role: "assistant", content: "Hi" },
    { role: "user", content: "" },
  ]);
});

it("each call of a tool waits for its result", () => {
  const calls = ["c1", "c2"].map((id) => ({ id, type: "function" as const, function: { name: "f", arguments: "{}" } }));
  expect(after([], { ...said, calls }).slice(1)).toEqual([
    { role: "tool", tool_call_id: "c1", content: "" },
    { role: "tool", tool_call_id: "c2", content: "" },
  ]);
});

it("an answer that failed adds nothing", () => {
  expect(after([], begin(0))).toEqual([]);
});

it("a message that says nothing is not sent", () => {
  expect(sent(after([], said))).toEqual([said.message]);
});
