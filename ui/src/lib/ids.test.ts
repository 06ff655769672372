import { expect, test } from "vitest";
import { kindOfId, newId } from "./ids";

test.each([
  ["log_0PjXk2Q9aBcDeFgHiJkLm", "Log"],
  [" prv_0PjXk2Q9aBcDeFgHiJkLm ", "version"],
  ["req_0PjXk2Q9aBcDeFgHiJkLm", "request"],
  ["pr_0PjXk2Q9aBcDeFgHiJkLm", "File"],
  ["log_", undefined],
  ["dir_name", undefined],
  ["toString_12345678", undefined],
  ["support/greeting", undefined],
])("%j names a %s", (text, want) => {
  expect(kindOfId(text)).toBe(want);
});

test("new ids differ", () => {
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000);
});
