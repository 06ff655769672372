import { expect, it } from "vitest";
import type { StatsSeries } from "../api/queries/stats";
import { barsOf } from "./traffic-model";

const point = (start: string, calls: number, failures: number) => ({ start, calls, failures });

it("gives every bucket of the range a value", () => {
  const groups = [
    {
      points: [
        point("2026-11-29T10:05:00Z", 3, 1),
        point("2026-11-29T10:15:00Z", 2, 2),
        point("2026-11-29T11:00:00Z", 9, 9),
      ],
    },
  ];
  const data = { from: "2026-11-29T10:00:00Z", to: "2026-11-29T10:20:00Z", bucket: 300, groups };
  const first = Date.parse("2026-11-29T10:00:00Z");
  expect(barsOf(data as unknown as StatsSeries)).toEqual({
    buckets: [first, first + 300_000, first + 600_000, first + 900_000],
    good: [0, 2, 0, 0],
    failed: [0, 1, 0, 2],
  });
});

it("has one empty bucket for a range without any", () => {
  const data = { from: "2026-11-29T10:00:00Z", to: "2026-11-29T10:00:00Z", bucket: 0, groups: [] };
  expect(barsOf(data as unknown as StatsSeries)).toMatchObject({ good: [0], failed: [0] });
});
