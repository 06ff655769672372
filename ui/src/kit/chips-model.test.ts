import { expect, test } from "vitest";
import { type Filter, read, withFilter, write } from "./chips-model";

const known = (name: string) => ["reason", "user", "latency"].includes(name) || name.startsWith("meta.");

test.each<[string, ReturnType<typeof read>]>([
  ["reason:rate_limited", { kind: "filter", name: "reason", value: "rate_limited" }],
  ["!reason:timeout", { kind: "filter", name: "reason", value: "timeout", not: true }],
  ["-reason:timeout", { kind: "filter", name: "reason", value: "timeout", not: true }],
  ["latency:>2s", { kind: "filter", name: "latency", value: ">2s" }],
  ['user:"Anna B"', { kind: "filter", name: "user", value: "Anna B" }],
  ['user:"Anna', { kind: "filter", name: "user", value: "Anna" }],
  ["meta.url:http://x", { kind: "filter", name: "meta.url", value: "http://x" }],
  ["reason:", { kind: "filter", name: "reason", value: "" }],
  ["http://x", { kind: "text", text: "http://x" }],
  ["  two words ", { kind: "text", text: "two words" }],
  ["", { kind: "text", text: "" }],
])("%j is read", (typed, said) => {
  expect(read(typed, known)).toEqual(said);
});

test.each<Filter>([
  { name: "user", value: "Anna B" },
  { name: "user", value: 'the "best"', not: true },
  { name: "reason", value: "rate_limited" },
])("what is written is read again: %j", (filter) => {
  expect(read(write(filter), known)).toEqual({ kind: "filter", ...filter });
});

test("a filter takes the place of its opposite", () => {
  const before: Filter[] = [
    { name: "user", value: "a" },
    { name: "reason", value: "x" },
  ];
  expect(withFilter(before, { name: "user", value: "a", not: true })).toEqual([
    { name: "reason", value: "x" },
    { name: "user", value: "a", not: true },
  ]);
});
