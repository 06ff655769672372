import { expect, test } from "vitest";
import { complaintAt, Failure, isSignedOut } from "../../api/failure";
import { browserOf } from "./browser";
import { defaultChange, type TreeFile } from "./defaultchange";

const file = (path: string, newest: string, deployed: Record<string, string>): TreeFile =>
  ({
    path,
    newest_version_id: newest,
    deployed: Object.entries(deployed).map(([environment_id, version_id]) => ({ environment_id, version_id })),
  }) as TreeFile;

test("another default changes what Files stand for", () => {
  const files = [
    file("same", "v1", { old: "v1", new: "v1" }),
    file("differs", "v2", { old: "v1", new: "v2" }),
    file("not there", "v2", { old: "v1" }),
    file("not there, newest", "v1", { old: "v1" }),
    file("nowhere", "v1", {}),
    file("only there", "v2", { new: "v1" }),
  ];
  expect(defaultChange(files, "old", "new")).toEqual({
    deployed: ["differs", "only there"],
    newest: ["not there"],
    same: 3,
  });
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
    "Safari on iOS",
  ],
  ["curl/8.9.1", "curl/8.9.1"],
  ["", "A program that does not name itself"],
])("the browser that calls itself %s", (agent, words) => {
  expect(browserOf(agent)).toBe(words);
});

const failure = (status: number, reason: string, more = {}) =>
  new Failure(status, {
    type: "t",
    code: status,
    reason,
    message: "whole",
    origin: "Openloop",
    retryable: false,
    ...more,
  } as never);

test("a failure complains of the field that it names", () => {
  const error = failure(422, "validation_failed", { param: "key", errors: [{ param: "name", message: "too long" }] });
  expect(["name", "key", "base_url"].map((field) => complaintAt(error, field))).toEqual([
    "too long",
    "whole",
    undefined,
  ]);
});

test("what a role may not do, and a provider's refusal, sign nobody out", () => {
  const reasons = ["gateway_key_invalid", "gateway_key_missing", "gateway_permission_denied", "provider_key_missing"];
  expect(reasons.map((reason) => isSignedOut(failure(401, reason)))).toEqual([true, true, false, false]);
});
