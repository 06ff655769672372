import { expect, test } from "vitest";
import type { DeploymentChange } from "../../api/queries/versions";
import { lanesOf, placeOf } from "./lanes";

const at = (minute: number) => new Date(minute * 60_000).toISOString();
const change = (minute: number, environment: string, version_id?: string) =>
  ({
    at: at(minute),
    environment_id: environment,
    environment,
    action: version_id ? "deploy" : "remove",
    version_id,
  }) as DeploymentChange;

test("a version stays until the next one, or until it is removed", () => {
  const changes = [
    change(9, "a", "v3"),
    change(6, "a"),
    change(4, "b", "v1"),
    change(2, "a", "v2"),
    change(0, "a", "v1"),
  ];
  const lanes = lanesOf(changes).map(({ environment, stays }) => [
    environment,
    ...stays.map(({ version, from, to }) => [version.id, from / 60_000, to === undefined ? undefined : to / 60_000]),
  ]);
  expect(lanes).toEqual([
    ["a", ["v1", 0, 2], ["v2", 2, 6], ["v3", 9, undefined]],
    ["b", ["v1", 4, undefined]],
  ]);
});

test("a stay is drawn from its beginning to its end, or to now", () => {
  const [lane] = lanesOf([change(5, "a", "v2"), change(0, "a", "v1")]);
  expect(lane?.stays.map((stay) => placeOf(stay, 0, 10 * 60_000))).toEqual([
    { left: 0, width: 50 },
    { left: 50, width: 50 },
  ]);
});
