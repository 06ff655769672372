// What a person prefers on this browser: kept in localStorage, and for this page alone where a browser refuses that.
import { useSyncExternalStore } from "react";
import { setUTC } from "./clock";

export interface Prefs {
  theme: "system" | "light" | "dark";
  utc: boolean;
  /** Whether single keys act. */
  keys: boolean;
  /** Whether the rail shows icons alone. */
  folded: boolean;
}

const place = "openloop.prefs";
const initial: Prefs = { theme: "system", utc: false, keys: true, folded: false };
const listeners = new Set<() => void>();
let prefs = initial;

export const currentPrefs = () => prefs;

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  apply({ ...prefs, [name]: value });
  try {
    localStorage.setItem(place, JSON.stringify(prefs));
  } catch {
    // It holds until the page is closed.
  }
}

export const usePrefs = (): Prefs => useSyncExternalStore(onPrefs, currentPrefs);

function onPrefs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reads what is kept, shows it, and follows what other tabs of this browser change. To be called before anything is shown. */
export function startPrefs(): void {
  const read = () => {
    try {
      apply(prefsIn(localStorage.getItem(place)));
    } catch {
      apply(initial);
    }
  };
  read();
  window.addEventListener("storage", (event) => {
    if (event.key === place) read();
  });
}

function apply(next: Prefs): void {
  prefs = next;
  const { dataset } = document.documentElement;
  if (next.theme === "system") delete dataset.theme;
  else dataset.theme = next.theme;
  setUTC(next.utc);
  for (const listener of listeners) listener();
}

/** The preferences in a kept text. What is missing or bad has its initial value. */
export function prefsIn(kept: string | null): Prefs {
  const said = objectIn(kept);
  return {
    theme: said.theme === "light" || said.theme === "dark" ? said.theme : initial.theme,
    utc: said.utc === true,
    keys: said.keys !== false,
    folded: said.folded === true,
  };
}

function objectIn(kept: string | null): Partial<Record<keyof Prefs, unknown>> {
  try {
    const value: unknown = JSON.parse(kept ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
