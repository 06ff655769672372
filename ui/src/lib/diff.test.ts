import { describe, expect, test } from "vitest";
import { type DiffRow, diff, diffWords } from "./diff";
import { changes } from "./myers";

// naive is the number of elements that a shortest difference takes and gives, by the table of longest common subsequences.
function naive(a: number[], b: number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      (table[i] as number[])[j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    }
  }
  return a.length + b.length - 2 * at(a.length, b.length);
}

function applied(a: number[], b: number[]): { made: number[]; cost: number } {
  const made: number[] = [];
  let i = 0;
  let cost = 0;
  for (const { a0, a1, b0, b1 } of changes(a, b)) {
    made.push(...a.slice(i, a0), ...b.slice(b0, b1));
    i = a1;
    cost += a1 - a0 + b1 - b0;
  }
  return { made: [...made, ...a.slice(i)], cost };
}

// A small generator, so that a failure can be seen again.
function numbers(seed: number) {
  let s = seed;
  return (n: number) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 2 ** 32) * n);
  };
}

describe("changes", () => {
  test("make b of a, and are as short as the naive search says", () => {
    const next = numbers(7);
    for (let round = 0; round < 1500; round++) {
      const a = Array.from({ length: next(14) }, () => next(4));
      const b = Array.from({ length: next(14) }, () => next(4));
      expect(applied(a, b), `${a} to ${b}`).toEqual({ made: b, cost: naive(a, b) });
    }
  });

  test("of 20,000 elements that have nothing in common are found, and right", () => {
    const a = Array.from({ length: 10_000 }, (_, i) => i);
    const b = Array.from({ length: 10_000 }, (_, i) => -i - 1);
    expect(applied(a, b).made.join()).toBe(b.join());
  });

  test("of many scattered differences are right beyond the limit of the search", () => {
    const next = numbers(3);
    const a = Array.from({ length: 6000 }, () => next(50));
    const b = a.map((value) => (next(2) ? value : next(50)));
    expect(applied(a, b).made.join()).toBe(b.join());
  });
});

const shown = ({ rows }: { rows: DiffRow[] }) =>
  rows.map((row) => {
    const text = (side: "old" | "new") =>
      row[side]?.pieces.map(({ text, changed }) => (changed ? `[${text}]` : text)).join("");
    return {
      same: `  ${text("old")}`,
      changed: `~ ${text("old")} → ${text("new")}`,
      gone: `- ${text("old")}`,
      new: `+ ${text("new")}`,
    }[row.kind];
  });

describe("diff", () => {
  test("shows changed words in a line that kept most of them", () => {
    const before = "You are kind.\nAnswer in English.\nBe brief.\n";
    const after = "You are kind.\nAnswer in German.\nBe brief.\nSay thanks.\n";
    expect(shown(diff(before, after))).toEqual([
      "  You are kind.",
      "~ Answer in [English]. → Answer in [German].",
      "  Be brief.",
      "+ [Say thanks.]",
    ]);
  });

  test("shows lines with little in common as gone and new", () => {
    expect(shown(diff("alpha beta gamma", "quite another sentence"))).toEqual([
      "- [alpha beta gamma]",
      "+ [quite another sentence]",
    ]);
  });

  test.each([
    ["", "", []],
    ["", "a", ["+ [a]"]],
    ["a", "", ["- [a]"]],
    ["a\r\nb", "a\nb", ["  a", "  b"]],
  ])("%j to %j", (before, after, rows) => {
    expect(shown(diff(before, after))).toEqual(rows);
  });

  test("counts lines", () => {
    const { added, removed } = diff("a\nb\nc", "a\nx\ny\nc");
    expect({ added, removed }).toEqual({ added: 2, removed: 1 });
  });

  test("of two texts of 200 KB finds each changed line", () => {
    const next = numbers(5);
    const line = () => Array.from({ length: 8 }, () => `word${next(500)}`).join(" ");
    const a = Array.from({ length: 3500 }, line);
    const b = a.map((text, i) => (i % 7 === 0 ? text.replace(/word\d+/, "other") : text));
    const { added, removed } = diff(a.join("\n"), b.join("\n"));
    expect({ added, removed }).toEqual({ added: 500, removed: 500 });
  });
});

test("words keep spaces and signs apart", () => {
  expect(diffWords("temperature: 0.2", "temperature: 0.7")).toMatchObject({
    old: [
      { text: "temperature: 0.", changed: false },
      { text: "2", changed: true },
    ],
    new: [
      { text: "temperature: 0.", changed: false },
      { text: "7", changed: true },
    ],
  });
});
