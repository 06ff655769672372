import { expect, test } from "vitest";
import { flag, joined, oneOf, params, parseSearch, stringifySearch, text, texts, whole } from "./params";

const check = params({
  q: text,
  model: texts,
  live: flag,
  order: oneOf("newest", "oldest"),
  step: whole(1, 5),
  panels: joined,
});

test("an address holds every kind of parameter", () => {
  expect(check(parseSearch("?q=a+b&model=x&model=!y&live=1&order=oldest&step=3&panels=v1~v2"))).toEqual({
    q: "a b",
    model: ["x", "!y"],
    live: true,
    order: "oldest",
    step: 3,
    panels: ["v1", "v2"],
  });
});

test("what is unknown, bad or empty is dropped", () => {
  expect(check(parseSearch("?q=&other=1&live=yes&order=up&step=6&panels=~"))).toEqual({});
});

test.each(["0", "6", "1.5", "1e0", "", " 2", "9999999999999999"])("%j is no number from 1 to 5", (said) => {
  expect(whole(1, 5)(said)).toBeUndefined();
});

test("an address that was written is read as it was", () => {
  const said = { q: "ü & = # ~ %", model: ["a~b", "!c"], live: true as const, step: 1, panels: ["v1", "v2"] };
  expect(check(parseSearch(stringifySearch(said)))).toEqual(said);
});

test("nothing to say is no question mark", () => {
  expect(stringifySearch({ q: undefined, live: false })).toBe("");
});
