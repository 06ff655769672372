// Whether the server can be reached, as the calls of this page find out.
import { useSyncExternalStore } from "react";
import { base } from "./client";
import { type Failure, unreachable } from "./failure";

export interface Outage {
  since: Date;
  /** Whether the server said that it is stopping, and not that nothing answered. */
  stopping: boolean;
}

const again = 2_000; // milliseconds between two tries
let outage: Outage | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const returned = new Set<() => void>();

/** Takes note of a call that failed. If nobody answered, the server is asked again and again until it does. */
export function noteFailure(failure: Failure): void {
  const { reason } = failure.detail;
  if (reason !== unreachable && reason !== "shutting_down") return;
  show({ since: outage?.since ?? new Date(), stopping: reason === "shutting_down" });
  timer ??= setTimeout(ask, again);
}

/** Asks the server now whether it is there. */
export async function ask(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const answer = await fetch(`${base}/ready`, { cache: "no-store" }).catch(() => undefined);
  if (answer?.ok) {
    show(undefined);
    for (const listener of returned) listener();
    return;
  }
  if (outage && !answer) show({ ...outage, stopping: false });
  timer = setTimeout(ask, again);
}

function show(next: Outage | undefined): void {
  outage = next;
  for (const listener of listeners) listener();
}

export function useOutage(): Outage | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => outage,
  );
}

/** Calls listener when the server answers again. Returns how to stop that. */
export function onReturn(listener: () => void): () => void {
  returned.add(listener);
  return () => returned.delete(listener);
}
