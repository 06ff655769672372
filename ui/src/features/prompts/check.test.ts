import { expect, test } from "vitest";
import { faultsOf } from "./check";

const schema = (properties: Record<string, unknown>, required: string[]) => ({
  type: "json_schema" as const,
  json_schema: { name: "a", schema: { type: "object", properties, required } },
});

test.each([
  ["any text will do", "hello", undefined, undefined],
  ["any object will do", '{"a": 1}', { type: "json_object" as const }, []],
  ["a list is no object", "[1]", { type: "json_object" as const }, ["This is JSON, but no object."]],
  ["all is there", '{"city": "Rome"}', schema({ city: { type: "string" } }, ["city"]), []],
  ["a member is missing", "{}", schema({ city: { type: "string" } }, ["city"]), ["city is missing."]],
  ["of another type", '{"city": 5}', schema({ city: { type: "string" } }, []), ["city must be a text."]],
  ["one of two types", '{"city": null}', schema({ city: { type: ["string", "null"] } }, []), []],
  [
    "in a list",
    '{"rows": [{"n": 1}, {"n": 1.5}, {}]}',
    schema(
      { rows: { type: "array", items: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } } },
      [],
    ),
    ["rows[1].n must be a whole number.", "rows[2].n is missing."],
  ],
])("%s", (_, text, format, faults) => {
  expect(faultsOf(text, format)).toEqual(faults);
});

test("what is no JSON says why", () => {
  expect(faultsOf("Sure! {", { type: "json_object" })?.[0]).toMatch(/^This is no JSON: /);
});
