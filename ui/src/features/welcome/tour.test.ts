import { expect, test } from "vitest";
import type { Environment } from "../../api/queries/environments";
import { doneOf, nextOf, type Shown, targetOf } from "./tour";

const nothing: Shown = { logs: [], deployed: [{ version_id: "v1" }], first: "v1", seen: false };

const done = (shown: Partial<Shown>) =>
  Object.entries(doneOf({ ...nothing, ...shown }))
    .filter(([, is]) => is)
    .map(([step]) => Number(step));

test.each<[string, Partial<Shown>, number[]]>([
  ["nothing yet", {}, []],
  ["an answer on this page", { logs: [{ status: "ok", source: "tour" }] }, [1]],
  ["an answer to a program", { logs: [{ status: "ok" }] }, [1, 5]],
  ["a failure", { logs: [{ status: "failed", source: "tour" }] }, [2]],
  ["a failure of a program", { logs: [{ status: "failed" }] }, [2]],
  ["a Log opened", { seen: true }, [3]],
  ["another version in some environment", { deployed: [{ version_id: "v1" }, { version_id: "v2" }] }, [4]],
  ["the first version not known", { first: undefined, deployed: [{ version_id: "v2" }] }, []],
])("%s", (_, shown, steps) => {
  expect(done(shown)).toEqual(steps);
});

test("the next step is the first that is not done, and the last when all are", () => {
  expect(nextOf({ 1: true, 2: false, 3: true, 4: false, 5: false })).toBe(2);
  expect(nextOf({ 1: true, 2: true, 3: true, 4: true, 5: true })).toBe(5);
});

test("a version goes to staging, which an admin may make, or to the default", () => {
  const production = { name: "production", tag: "default" } as Environment;
  const staging = { name: "staging", tag: "other" } as Environment;
  expect(targetOf([production, staging], false)).toBe(staging);
  expect(targetOf([production], true)).toBe("make");
  expect(targetOf([production], false)).toBe(production);
});
