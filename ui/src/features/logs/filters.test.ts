import { describe, expect, test } from "vitest";
import { amountOf, chipsOf, type LogSearch, queryOf, searchOf } from "./filters";

const said: LogSearch = {
  reason: ["rate_limited", "!timeout"],
  latency: [">2s"],
  meta: ["tenant:eu:west", "!tier:free"],
  judged: ["support/rating:bad"],
  trace: "out",
};

test("an address shows its filters as chips, and chips write the same address", () => {
  const chips = chipsOf(said);
  expect(chips).toEqual([
    { name: "reason", value: "rate_limited" },
    { name: "reason", value: "timeout", not: true },
    { name: "latency", value: ">2s" },
    { name: "judged.support/rating", value: "bad" },
    { name: "meta.tenant", value: "eu:west" },
    { name: "meta.tier", value: "free", not: true },
    { name: "in", value: "trace", not: true },
  ]);
  expect(Object.fromEntries(Object.entries(searchOf(chips)).filter(([, value]) => value !== undefined))).toEqual(said);
});

test("a filter typed with its key in the value is that of the key", () => {
  expect(chipsOf(searchOf([{ name: "judged", value: "rating:bad" }]))).toEqual([
    { name: "judged.rating", value: "bad" },
  ]);
});

test("an address asks the API", () => {
  expect(queryOf({ ...said, last: "1h", q: "words" }, "pr_1")).toEqual({
    search: "words",
    last: "1h",
    file_id: ["pr_1"],
    error_reason: ["rate_limited", "!timeout"],
    latency: [">2"],
    metadata: ["tenant=eu:west", "tier!=free"],
    judgment: ["support/rating=bad"],
    in_trace: false,
  });
});

test("a comparison of judgments is kept, and turned by its exclusion", () => {
  expect(queryOf({ judged: ["score:>=3", "!score:>9"] }).judgment).toEqual(["score>=3", "score<=9"]);
});

test("an absolute range is told by its ends", () => {
  const range = { from: "2026-11-29T10:00:00.000Z", to: "2026-11-29T11:00:00.000Z" };
  expect(queryOf(range)).toEqual({ start_date: range.from, end_date: range.to });
});

describe("amounts", () => {
  test.each([
    ["latency", ">2s", ">2"],
    ["latency", "<500ms", "<0.5"],
    ["latency", ">=1.5min", ">=90"],
    ["latency", "1s..5s", "1..5"],
    ["latency", "!>2s", "<=2"],
    ["cost", ">$0.01", ">0.01"],
    ["tokens", "> 10k", ">10000"],
    ["tokens", "1M", "1000000"],
    ["latency", "soon", "soon"],
    ["latency", "!1..2", "!1..2"],
  ] as const)("%s:%s is %s", (amount, written, asked) => {
    expect(amountOf(amount, written)).toBe(asked);
  });
});
