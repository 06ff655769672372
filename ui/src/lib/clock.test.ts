import { beforeEach, expect, test } from "vitest";
import { ago, full, minute, setUTC, short, spanOf, zone } from "./clock";
import { bounds, inputOf, rangeLabel, timeOf } from "./range";

const now = new Date("2026-11-29T14:03:05.007Z");

beforeEach(() => setUTC(true));

test("a time has its milliseconds", () => {
  expect([full(now), minute(now), zone()]).toEqual(["2026-11-29 14:03:05.007", "2026-11-29 14:03", "UTC"]);
});

test("midnight is 00, not 24", () => {
  expect(full("2026-11-29T00:00:00Z")).toBe("2026-11-29 00:00:00.000");
});

test.each([
  ["2026-11-29T01:02:03Z", "01:02:03"],
  ["2026-11-28T14:03:00Z", "11-28 14:03"],
  ["2025-11-28T14:03:00Z", "2025-11-28"],
])("%s is short", (at, want) => {
  expect(short(at, now)).toBe(want);
});

test.each([
  ["2026-11-29T14:02:30Z", "just now"],
  ["2026-11-29T14:01:00Z", "2 min ago"],
  ["2026-11-29T11:03:00Z", "3 h ago"],
  ["2026-11-27T11:03:00Z", "11-27 11:03"],
  ["2026-11-29T14:03:09Z", "14:03:09"],
])("%s was a while ago", (at, want) => {
  expect(ago(at, now)).toBe(want);
});

test("spans", () => {
  expect(["15m", "2h", "7d", "1w", "", undefined].map(spanOf)).toEqual([
    900_000,
    7_200_000,
    604_800_000,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a range ends now unless it says when", () => {
  expect(bounds({ last: "1h" }, now)).toEqual({ from: new Date("2026-11-29T13:03:05.007Z"), to: undefined });
});

test("from and to are a range", () => {
  const range = { from: "2026-11-29T10:00:00Z", to: "2026-11-29T12:00:00Z" };
  expect(bounds(range, now)).toEqual({ from: new Date(range.from), to: new Date(range.to) });
  expect(rangeLabel(range)).toBe("2026-11-29 10:00 to 12:00");
});

test("a bad range is the last day", () => {
  const day = new Date("2026-11-28T14:03:05.007Z");
  expect([bounds({ last: "week" }, now).from, bounds({ from: "x" }, now).from]).toEqual([day, day]);
  expect(rangeLabel({ last: "week" })).toBe("Last 24 hours");
});

test("a time that was typed is the one that was shown", () => {
  expect([inputOf(now), timeOf("2026-11-29T14:03"), timeOf("")]).toEqual([
    "2026-11-29T14:03",
    "2026-11-29T14:03:00.000Z",
    undefined,
  ]);
});
