import { expect, test } from "vitest";
import { allowed, type Command, hint, pressed, Sequence } from "./keys";

const key = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  pressed({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
const command = (keys: string): Command => ({ does: keys, keys, run: () => undefined });
const scope = (...keys: string[]) => ({ title: "", commands: keys.map(command) });

test.each([
  [key("j"), "j"],
  [key("X", { shiftKey: true }), "shift+x"],
  [key("?", { shiftKey: true }), "?"],
  [key("K", { ctrlKey: true, shiftKey: true }), "mod+shift+k"],
  [key("Enter", { ctrlKey: true }), "mod+Enter"],
  [key("ArrowDown", { shiftKey: true }), "shift+ArrowDown"],
  [key(" "), "Space"],
  [key("j", { metaKey: true }), "other+j"],
  [key("j", { altKey: true }), "alt+j"],
])("a key is written as %s", (written, want) => {
  expect(written).toBe(want);
});

function typed(keys: string[], all = [scope("g h", "h", "j | ArrowDown", "g g")], pause = 100): unknown[] {
  const sequence = new Sequence();
  return keys.map((item, i) => {
    const found = sequence.next(item, i * pause, all);
    return typeof found === "object" ? found.does : found;
  });
}

test("two keys in a row are a sequence", () => {
  expect(typed(["g", "h", "h"])).toEqual(["pending", "g h", "h"]);
});

test("a key may begin and end a sequence", () => {
  expect(typed(["g", "g", "g", "h"])).toEqual(["pending", "g g", "pending", "g h"]);
});

test("what a sequence does not know acts by itself", () => {
  expect(typed(["g", "ArrowDown", "z", "h"])).toEqual(["pending", "j | ArrowDown", undefined, "h"]);
});

test("a sequence is not waited for longer than a moment", () => {
  expect(typed(["g", "h"], undefined, 1200)).toEqual(["pending", "h"]);
});

test("the first scope acts", () => {
  const upper = { title: "Log", commands: [{ ...command("j"), does: "upper" }] };
  expect(typed(["j", "h"], [upper, scope("j", "h")])).toEqual(["upper", "h"]);
});

// allowed(command, key, typing, in a menu or dialog, single keys are on)
test.each([
  ["j", allowed(command("j"), "j", false, false, true), true],
  ["j while typing", allowed(command("j"), "j", true, false, true), false],
  ["j in a menu", allowed(command("j"), "j", false, true, true), false],
  ["j when switched off", allowed(command("j"), "j", false, false, false), false],
  ["Esc when switched off", allowed(command("Escape"), "Escape", false, false, false), true],
  ["Ctrl Enter while typing", allowed(command("mod+Enter"), "mod+Enter", true, false, false), true],
  ["what may be typed over", allowed({ ...command("["), typing: true }, "[", true, false, true), true],
])("%s", (_, is, want) => {
  expect(is).toBe(want);
});

test.each([
  ["g h", "g h"],
  ["mod+shift+e", "mod shift e"],
  ["ArrowDown", "down"],
  ["mod++", "mod +"],
  ["?", "?"],
])("%s is shown as %s", (way, want) => {
  expect(hint(way)).toEqual(want);
});
