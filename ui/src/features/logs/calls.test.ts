import { expect, test } from "vitest";
import type { Log } from "../../api/queries/log";
import { callOf } from "./calls";

const said = (content: string) => ({ role: "user" as const, content });

test("the call of a Log says what its caller said, not what the template made", () => {
  const log = {
    id: "log_1",
    type: "prompt",
    prompt: { path: "support/reply", version_id: "prv_1" },
    inputs: { name: "Anna" },
    messages: [{ role: "system", content: "Be kind." }, said("Hello")],
    template_messages: 1,
  } as unknown as Log;
  expect(callOf(log)).toEqual({
    method: "POST",
    path: "/v5/prompts/call",
    query: { version_id: "prv_1" },
    body: { path: "support/reply", inputs: { name: "Anna" }, messages: [said("Hello")], user: undefined },
  });
});

test("a Log that no call of a Prompt made is fetched", () => {
  expect(callOf({ id: "log_2", type: "flow" } as unknown as Log)).toEqual({ method: "GET", path: "/v5/logs/log_2" });
});
