// What a person prefers on this browser: for this page alone where a browser keeps nothing.
import { useSyncExternalStore } from "react";
import { setUTC } from "./clock";
import { recall, remember } from "./remember";

export interface Prefs {
  theme: "system" | "light" | "dark";
  utc: boolean;
  /** Whether single keys act. */
  keys: boolean;
  /** Whether the rail shows icons alone. */
  folded: boolean;
  /** Whether the first steps were put away. */
  welcomed: boolean;
}

const place = "prefs";
const initial: Prefs = { theme: "system", utc: false, keys: true, folded: false, welcomed: false };
const listeners = new Set<() => void>();
let prefs = initial;

export const currentPrefs = () => prefs;

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  apply({ ...prefs, [name]: value });
  remember(place, prefs);
}

export const usePrefs = (): Prefs => useSyncExternalStore(onPrefs, currentPrefs);

function onPrefs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reads what is kept, shows it, and follows what other tabs of this browser change. To be called before anything is shown. */
export function startPrefs(): void {
  const read = () => apply(prefsOf(recall(place, isObject)));
  read();
  window.addEventListener("storage", read);
}

function apply(next: Prefs): void {
  prefs = next;
  const { dataset } = document.documentElement;
  if (next.theme === "system") delete dataset.theme;
  else dataset.theme = next.theme;
  setUTC(next.utc);
  for (const listener of listeners) listener();
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The preferences in what was kept. What is missing or bad has its initial value. */
export function prefsOf(kept: Record<string, unknown> = {}): Prefs {
  const { theme, utc, keys, folded, welcomed } = kept;
  return {
    theme: theme === "light" || theme === "dark" ? theme : initial.theme,
    utc: utc === true,
    keys: keys !== false,
    folded: folded === true,
    welcomed: welcomed === true,
  };
}
