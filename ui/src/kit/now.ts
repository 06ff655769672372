import { useEffect, useState, useSyncExternalStore } from "react";
import { onZone, zone } from "../lib/clock";

let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

// One timer for all times on the page, only while some are shown and the page is seen.
function onNow(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    now = new Date();
    for (const each of listeners) each();
  }, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, as often as words like "4 min ago" need it: each quarter of a minute. */
export const useNow = (): Date => useSyncExternalStore(onNow, () => now);

/** The name of the zone that times are written in; the component is made anew when a person changes it. */
export const useZone = (): string => useSyncExternalStore(onZone, zone);

/** Whole seconds that are left of so many, counted from when `key` last changed. */
export function useCountdown(seconds: number, key: unknown): number {
  const [left, setLeft] = useState(seconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key begins anew.
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    setLeft(Math.ceil(seconds));
    if (seconds <= 0) return;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, key]);
  return left;
}
