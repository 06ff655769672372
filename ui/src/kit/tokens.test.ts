import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string, theme: "light" | "dark"): number {
  const [a, b] = [one, other].map((name) => luminance(colours.get(name)?.[theme] ?? "missing"));
  return (Math.max(a ?? 0, b ?? 0) + 0.05) / (Math.min(a ?? 0, b ?? 0) + 0.05);
}

const themes = ["light", "dark"] as const;
const grounds = ["page", "soft", "raised", "select"];
const texts = ["ink", "dim", "accent", "good", "bad", "warn", "yours", "provider", "server"];
const marks = ["edge", ...Array.from({ length: 8 }, (_, i) => `series-${i + 1}`)];

const cases = (names: string[], on: string[]) =>
  themes.flatMap((theme) => names.flatMap((name) => on.map((ground) => [name, ground, theme] as const)));

test.each(cases(texts, grounds))("%s can be read on %s, %s", (name, ground, theme) => {
  expect(contrast(name, ground, theme)).toBeGreaterThanOrEqual(4.5);
});

test.each(cases(["on-accent"], ["accent"]))("%s can be read on %s, %s", (name, ground, theme) => {
  expect(contrast(name, ground, theme)).toBeGreaterThanOrEqual(4.5);
});

test.each(cases(marks, ["page", "soft", "raised"]))("%s can be seen on %s, %s", (name, ground, theme) => {
  expect(contrast(name, ground, theme)).toBeGreaterThanOrEqual(3);
});
