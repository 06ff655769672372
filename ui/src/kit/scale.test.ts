import { expect, test } from "vitest";
import { placeAt, step, sums, ticks } from "./scale";

test.each([
  [10, 5, 2],
  [100, 4, 25],
  [7, 3, 2.5],
  [0.3, 3, 0.1],
  [0, 3, 1],
  [420, 3, 200],
])("%f in at most %i parts steps by %f", (max, parts, by) => {
  expect(step(max, parts)).toBeCloseTo(by, 12);
});

test("ticks end at or before the greatest value", () => {
  expect(ticks(420, 3)).toEqual([0, 200, 400]);
});

test("sums are of all series at each place", () => {
  expect(sums([{ values: [1, 2] }, { values: [3] }], 2)).toEqual([4, 2]);
});

test.each([
  [-5, 0],
  [0, 0],
  [49, 0],
  [50, 1],
  [100, 1],
])("x of %i is in place %i of two over 100", (x, place) => {
  expect(placeAt(x, 100, 2)).toBe(place);
});
