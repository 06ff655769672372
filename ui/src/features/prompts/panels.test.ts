import { expect, it } from "vitest";
import { contentOfPanel, type Panel, panelsOf, write } from "./panels";

const panels: Panel[] = [
  { kind: "draft" },
  { kind: "version", id: "prv_1" },
  { kind: "model", provider: "mock", model: "error/rate_limited:x" },
];

it("an address gives back the panels that wrote it", () => {
  expect(panelsOf(write(panels))).toEqual(panels);
});

it("the draft alone is no parameter", () => {
  expect(write([{ kind: "draft" }])).toBeUndefined();
});

it("a bad panel is left out, and so is a fifth", () => {
  expect(panelsOf([":m", "p:", "v1", "v2", "v3", "v4"])).toEqual([
    { kind: "draft" },
    { kind: "version", id: "v1" },
    { kind: "version", id: "v2" },
    { kind: "version", id: "v3" },
  ]);
});

it("a model's panel runs the draft with that model", () => {
  const draft = { model: "echo", provider: "mock" as const, temperature: 1 };
  expect(contentOfPanel({ kind: "model", provider: "openai", model: "gpt-5" }, draft, () => undefined)).toEqual({
    model: "gpt-5",
    provider: "openai",
    temperature: 1,
  });
});
