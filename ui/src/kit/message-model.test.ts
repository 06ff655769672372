import { expect, test } from "vitest";
import { firstLines } from "./message-model";

const repeat = (text: string, n: number) => Array.from({ length: n }, () => text).join("\n");

test.each([
  ["", 2, { shown: "", lines: 1 }],
  ["a\nb", 2, { shown: "a\nb", lines: 2 }],
  ["a\nb\nc", 2, { shown: "a\nb", lines: 3 }],
  ["x".repeat(250), 2, { shown: "x".repeat(200), lines: 1 }],
  [`a\n${"x".repeat(250)}`, 2, { shown: `a\n${"x".repeat(100)}`, lines: 2 }],
  [repeat("a", 40), 40, { shown: repeat("a", 40), lines: 40 }],
])("%j, at most %i lines", (text, most, want) => {
  expect(firstLines(text, most)).toEqual(want);
});
