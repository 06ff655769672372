import { expect, it } from "vitest";
import { dearest, shiftOf, tokensOf } from "./model";

it("says how a figure changed, and whether that is good", () => {
  expect([
    shiftOf(12, 10, "bad"),
    shiftOf(5, 10, "bad"),
    shiftOf(5, 10, "good"),
    shiftOf(5, 10),
    shiftOf(7, 7, "bad"),
    shiftOf(1, 0, "bad"),
    shiftOf(120, 10),
    shiftOf(100_001, 100_000),
  ]).toEqual([
    { sign: "▲", words: "20 % more", news: "bad" },
    { sign: "▼", words: "50 % less", news: "good" },
    { sign: "▼", words: "50 % less", news: "bad" },
    { sign: "▼", words: "50 % less", news: undefined },
    { sign: "=", words: "as before" },
    { sign: "▲", words: "none before", news: "bad" },
    { sign: "▲", words: "12 times as much", news: undefined },
    { sign: "=", words: "as before" },
  ]);
});

it("compares nothing to an unknown figure", () => {
  expect([shiftOf(null, 1), shiftOf(1, null)]).toEqual([undefined, undefined]);
});

it("adds up the five kinds of tokens", () => {
  const tokens = { input: 1, cached_input: 10, cache_write: 100, output: 1000, reasoning: 10_000 };
  expect(tokensOf({ tokens } as Parameters<typeof tokensOf>[0])).toBe(11_111);
});

it("orders by the cost of a call, and leaves out what costs nothing", () => {
  const entries = [
    { id: "a", calls: 10, cost: 1 },
    { id: "b", calls: 1, cost: 0.5 },
    { id: "c", calls: 5, cost: 0 },
    { id: "d", calls: 0, cost: 0 },
    { id: "e", calls: 100, cost: 2 },
  ];
  expect(dearest(entries, 2).map(({ id }) => id)).toEqual(["b", "a"]);
});
