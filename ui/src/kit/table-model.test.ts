import { describe, expect, test } from "vitest";
import { find, leastWidth, selectedTo, step, template, toggled } from "./table-model";

const keyAt = (i: number) => `k${i}`;

describe("step", () => {
  test.each([
    ["j", 0, 1],
    ["ArrowDown", 9, 9],
    ["k", 0, 0],
    ["PageDown", 2, 7],
    ["PageUp", 2, 0],
    ["Home", 7, 0],
    ["End", 0, 9],
    ["j", -1, 0],
    ["e", 3, undefined],
  ])("%s from row %i leads to %s", (key, at, to) => {
    expect(step(key, at, 10, 5)).toBe(to);
  });

  test("an arrow above the first row enters the head, k does not", () => {
    expect([step("ArrowUp", 0, 10, 5, true), step("k", 0, 10, 5, true)]).toEqual([-1, 0]);
  });
});

describe("selection", () => {
  test("toggling twice changes nothing", () => {
    const before = new Set(["a", "b"]);
    expect(toggled(toggled(before, "c"), "c")).toEqual(before);
  });

  test("a range keeps what was selected and goes both ways", () => {
    expect(selectedTo(new Set(["k9"]), keyAt, 4, 2)).toEqual(new Set(["k9", "k2", "k3", "k4"]));
  });
});

describe("find", () => {
  const keys = ["a", "b", "c", "d", "e"];
  const at = (i: number) => keys[i] ?? "";

  test.each([
    ["c", 2, 5, 2], // where it was
    ["e", 2, 3, 4], // two rows came above
    ["a", 4, 5, 0], // somewhere else
    ["x", 1, 5, -1], // gone
  ])("%s, which was row %i of %i, is row %i", (key, was, before, is) => {
    expect(find(key, keys.length, at, was, before)).toBe(is);
  });
});

test("a column sized by hand keeps its width", () => {
  const columns = [
    { id: "a", width: 80 },
    { id: "b", width: 100, grow: 2 },
    { id: "c", width: 100, grow: 1 },
  ];
  expect([template(columns, { b: 240 }), leastWidth(columns, { b: 240 })]).toEqual([
    "80px 240px minmax(100px, 1fr)",
    420,
  ]);
});
