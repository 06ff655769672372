import { expect, test } from "vitest";
import type { VersionRow } from "../../api/queries/versions";
import { lastTwo, pairOf, pairOfSelected } from "./pair";

const rows = [{ id: "v3", previous_id: "v2" }, { id: "v2", previous_id: "v1" }, { id: "v1" }] as VersionRow[];

test("a version is compared with production, and that with the one before", () => {
  expect([
    pairOf({ b: "v3" }, "v2", rows),
    pairOf({ b: "v2" }, "v2", rows),
    pairOf({ b: "v3" }, undefined, rows),
    pairOf({ a: "v1", b: "v3" }, "v2", rows),
    pairOf({ b: "v1" }, "v1", rows),
    pairOf({ a: "v1" }, "v2", rows),
  ]).toEqual([
    { a: "v2", b: "v3" },
    { a: "v1", b: "v2" },
    { a: "v2", b: "v3" },
    { a: "v1", b: "v3" },
    undefined,
    undefined,
  ]);
});

test("of two selected the older is the old one, and a third takes the place of the first", () => {
  expect(pairOfSelected(new Set(["v1", "v3"]), rows)).toEqual({ a: "v1", b: "v3" });
  expect(pairOfSelected(new Set(["v1"]), rows)).toBeUndefined();
  expect([...lastTwo(new Set(["v1", "v2", "v3"]))]).toEqual(["v2", "v3"]);
});
