// One table binds keys and lists them: what `?` and the palette show is what acts.
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { currentPrefs } from "./prefs";

export interface Command {
  /** What it does, as a verb phrase: "Open in editor". */
  does: string;
  /** The keys, ways to press them parted by " | ": "j | ArrowDown", "g h", "mod+Enter". None for an action of the palette alone. */
  keys?: string;
  /** Acts; `false` leaves the key to the browser. */
  run: (event?: KeyboardEvent) => unknown;
  /** Also acts while text is edited. Those with mod do anyway. */
  typing?: boolean;
  /** Not in the palette, as for what moves a selection. */
  quiet?: boolean;
}

export interface Scope {
  title: string;
  commands: Command[];
}

interface Entry {
  title: string;
  level: number;
  order: number;
  commands: () => Command[];
}

const entries = new Set<Entry>();
const listeners = new Set<() => void>();
let order = 0;
let version = 0;

function changed(): void {
  version++;
  for (const listener of listeners) listener();
}

/**
 * Binds a table of keys as long as the component is shown. Of keys bound twice, those of the higher level act, then those bound last: the frame has
 * level 0, a screen 1, what lies over it 2.
 */
export function useKeys(title: string, commands: Command[], level = 1): void {
  const latest = useRef(commands);
  const listed = commands.map(({ does, keys, quiet }) => `${keys}\t${does}\t${quiet}`).join("\n");
  useLayoutEffect(() => {
    latest.current = commands;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the table lists is what those who show it wait for
  useEffect(() => {
    const entry: Entry = { title, level, order: ++order, commands: () => latest.current };
    entries.add(entry);
    changed();
    return () => {
      entries.delete(entry);
      changed();
    };
  }, [title, level, listed]);
}

/** All that acts now, the topmost first. */
export function scopes(): Scope[] {
  const sorted = [...entries].sort((a, b) => b.level - a.level || b.order - a.order);
  return sorted
    .map((entry) => ({ title: entry.title, commands: entry.commands() }))
    .filter((s) => s.commands.length > 0);
}

export function useScopes(): Scope[] {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
  return scopes();
}

/** Whether a modifier is ⌘ here, and not Ctrl. */
export const apple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** The key of an event as tables write it: "mod+shift+e", "g", "?", "shift+x", "ArrowDown". */
export function pressed(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const letter = /^[a-z]$/i.test(event.key);
  const key = letter ? event.key.toLowerCase() : event.key === " " ? "Space" : event.key;
  // Shift is part of a sign like "?" or "D", and of no letter.
  const shift = event.shiftKey && (letter || key.length > 1);
  const mod = apple ? event.metaKey : event.ctrlKey;
  const other = apple ? event.ctrlKey : event.metaKey;
  return [mod && "mod+", other && "other+", event.altKey && "alt+", shift && "shift+", key].filter(Boolean).join("");
}

/** How long the second key of a sequence is waited for, in milliseconds. */
const patience = 1200;

/** Finds the command of a key, after the one that was pressed before it if that may begin a sequence. */
export class Sequence {
  private before = "";
  private at = 0;

  /** The command that a key completes; "pending" if it may begin a sequence. */
  next(key: string, now: number, all: Scope[]): Command | "pending" | undefined {
    const before = this.before && now - this.at < patience ? `${this.before} ` : "";
    this.before = "";
    const commands = all.flatMap((scope) => scope.commands);
    const found = find(commands, before + key) ?? (before ? find(commands, key) : undefined);
    if (found) return found;
    if (!commands.some((command) => ways(command).some((way) => way.startsWith(`${key} `)))) return undefined;
    this.before = key;
    this.at = now;
    return "pending";
  }
}

export const ways = ({ keys }: Pick<Command, "keys">): string[] => keys?.split(" | ") ?? [];

const find = (commands: Command[], keys: string) => commands.find((command) => ways(command).includes(keys));

const fields = 'textarea, select, [contenteditable="true"], [role="textbox"], [role="combobox"], [role="searchbox"]';
const untyped = new Set(["button", "checkbox", "radio", "range", "submit", "reset", "color", "file"]);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !untyped.has(target.type);
  return target.closest(fields) !== null;
}

// Menus, lists and dialogs have keys of their own. A drawer is none of these: beside it the screen goes on.
const inOwn = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('[role="menu"], [role="listbox"], [role="dialog"], [role="alertdialog"]') !== null;

// Enter and Space press what has the focus, whatever a screen binds them to.
const presses = (key: string, target: EventTarget | null) =>
  (key === "Enter" || key === "Space") &&
  target instanceof Element &&
  target.closest('a, button, summary, input, [role="tab"]') !== null;

/** Whether a command may act on a key pressed there. */
export function allowed(command: Command, key: string, typing: boolean, own: boolean, single: boolean): boolean {
  if (key.includes("mod+")) return true;
  if (command.typing) return true;
  if (typing || own) return false;
  return single || key === "Escape";
}

/** Begins to listen to keys. Returns how to stop that. */
export function startKeys(): () => void {
  const sequence = new Sequence();
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
    const key = pressed(event);
    if (presses(key, event.target)) return;
    const typing = isTyping(event.target);
    const command = sequence.next(key, event.timeStamp, typing ? withoutSequences() : scopes());
    if (!command || command === "pending") return;
    if (!allowed(command, key, typing, inOwn(event.target), currentPrefs().keys)) return;
    if (command.run(event) !== false) event.preventDefault();
  };
  addEventListener("keydown", listen);
  return () => removeEventListener("keydown", listen);
}

// While text is edited no letter begins a sequence.
const withoutSequences = (): Scope[] =>
  scopes().map((scope) => ({
    ...scope,
    commands: scope.commands.filter((command) => ways(command).every((way) => !way.includes(" "))),
  }));

const names: Record<string, string> = {
  Escape: "esc",
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** The keys of one way as the kit's Kbd takes them: "mod k" of "mod+k", "g h". */
export const hint = (way: string): string =>
  way
    .split(/ |\+(?=.)/)
    .map((part) => names[part] ?? part)
    .join(" ");
