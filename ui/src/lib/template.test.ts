import { expect, test } from "vitest";
import { places, variables } from "./template";

test("places of the default language are of the braces and of the name", () => {
  expect(places("Hi {{ name }}, {{a.b[0]}}", "default")).toEqual([
    { from: 3, to: 13, reads: [{ name: "name", from: 6, to: 10 }] },
    { from: 15, to: 25, reads: [{ name: "a.b[0]", from: 17, to: 23 }] },
  ]);
});

test.each([
  ["{{ a }}{{b}}{{ a }}", ["a", "b"]],
  ['{{ weather(city, "x") }}', []], // a tool's call
  ["{ {a} } {{}} {{ a b }} {{größe}}", ["größe"]],
])("default: %s", (text, names) => {
  expect(variables(text, "default")).toEqual(names);
});

test.each([
  ["{{ user.name|default('x') }}", ["user"]],
  ["{% for row in rows %}{{ row.a }} {{ loop.index }}{{ other }}{% endfor %}", ["rows", "other"]],
  ["{% for k, v in map.items() %}{{ k }}={{ v }}{% endfor %}", ["map"]],
  ["{% set x = y + 1 %}{{ x }}", ["y"]],
  ["{% if a and not b is defined %}{{ c if d else 'e' }}{% endif %}", ["a", "b", "c", "d"]],
  ["{% if a is not none %}{% endif %}", ["a"]],
  ["{# {{ no }} #}{% raw %}{{ no }}{% endraw %}{{ yes }}", ["yes"]],
  ["{{ fmt(value, width=wide) }}", ["fmt", "value", "wide"]],
  ['{{ "{{ a" }}{{- b -}}', ["b"]],
])("jinja: %s", (text, names) => {
  expect(variables(text, "jinja")).toEqual(names);
});

test("places of jinja are where the name stands", () => {
  const text = "{% if user.age %}x{% endif %}";
  const read = places(text, "jinja")[0]?.reads[0];
  expect(read && text.slice(read.from, read.to)).toBe("user");
});
