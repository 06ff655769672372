import { expect, test } from "vitest";
import { bytes, count, exact, money, plural, share, shortId, span } from "./format";

test.each([
  [undefined, "–"],
  [null, "–"],
  [0, "$0"],
  [0.0000012, "$0.0000012"],
  [0.0042, "$0.0042"],
  [0.00999, "$0.01"],
  [0.05, "$0.05"],
  [0.1234, "$0.1234"],
  [12.3, "$12.30"],
  [1204, "$1,204"],
  [-2, "−$2.00"],
])("money of %s is %s", (dollars, want) => {
  expect(money(dollars)).toBe(want);
});

test.each([
  [undefined, "–"],
  [0, "0"],
  [999, "999"],
  [12_431, "12.4k"],
  [999_949, "999.9k"],
  [999_950, "1M"],
  [3_100_000, "3.1M"],
  [2e9, "2B"],
])("a count of %s is %s", (value, want) => {
  expect(count(value)).toBe(want);
});

test.each([
  [undefined, "–"],
  [0, "0 ms"],
  [0.0084, "8.4 ms"],
  [0.84, "840 ms"],
  [0.9996, "1.0 s"],
  [12.34, "12.3 s"],
  [59.96, "1 min"],
  [185, "3 min 5 s"],
  [7260, "2 h 1 min"],
])("%s seconds are %s", (seconds, want) => {
  expect(span(seconds)).toBe(want);
});

test.each([
  [undefined, "–"],
  [Number.NaN, "–"],
  [0, "0 %"],
  [0.00001, "0.1 %"],
  [0.004, "0.4 %"],
  [0.125, "13 %"],
  [1, "100 %"],
])("a share of %s is %s", (value, want) => {
  expect(share(value)).toBe(want);
});

test("an id is shortened in its middle", () => {
  expect([shortId("log_0123456789abcdefghijk"), shortId("log_012345")]).toEqual(["log_0123…hijk", "log_012345"]);
});

test("other figures", () => {
  expect([exact(12_431), plural(1, "Log"), plural(2, "Log"), plural(0, "reply", "replies")]).toEqual([
    "12,431",
    "1 Log",
    "2 Logs",
    "0 replies",
  ]);
  expect([bytes(12), bytes(1536), bytes(5 * 1024 ** 2), bytes(undefined)]).toEqual(["12 B", "1.5 KB", "5 MB", "–"]);
});
