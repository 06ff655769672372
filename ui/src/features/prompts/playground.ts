import { useCallback, useEffect, useRef, useState } from "react";
import { adding, keep, load, type Past } from "./history";
import type { Panel } from "./panels";
import { write } from "./panels";
import { type Outcome, type RunRequest, run } from "./run";

/** The name of a panel, by which its outcome is kept. */
export const nameOf = (panel: Panel): string => write([panel])?.[0] ?? "draft";

/** Runs in panels, each by its name. What came of a run stays until the next one of the same panel. */
export interface Playground {
  outcomes: Record<string, Outcome>;
  running: boolean;
  /** Runs a panel; what it ran before is stopped. */
  start: (name: string, label: string, request: RunRequest) => Promise<void>;
  /** Stops a panel, or all. */
  stop: (name?: string) => void;
  past: Past[];
  rate: (at: number, rating: Past["rating"]) => void;
  /** Shows a past run in a panel again. */
  show: (name: string, past: Past) => void;
}

export function usePlayground(file: string): Playground {
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const [past, setPast] = useState<Past[]>([]);
  const stops = useRef(new Map<string, AbortController>());

  useEffect(() => {
    let left = false;
    void load(file).then((found) => left || setPast((now) => adding(found, ...now)));
    const running = stops.current;
    return () => {
      left = true;
      for (const controller of running.values()) controller.abort();
    };
  }, [file]);

  const remember = useCallback(
    (change: (past: Past[]) => Past[]) =>
      setPast((now) => {
        const next = change(now);
        void keep(file, next);
        return next;
      }),
    [file],
  );

  const show = useCallback((name: string, outcome: Outcome) => setOutcomes((now) => ({ ...now, [name]: outcome })), []);

  const start = useCallback(
    async (name: string, label: string, request: RunRequest) => {
      stops.current.get(name)?.abort();
      const controller = new AbortController();
      stops.current.set(name, controller);
      const at = Date.now();
      const current = () => stops.current.get(name) === controller;
      const outcome = await run(request, controller.signal, (next) => current() && show(name, next));
      const { content, inputs, messages } = request;
      remember((now) => adding(now, { at, label, content, inputs, messages, outcome }));
    },
    [show, remember],
  );

  const stop = useCallback((name?: string) => {
    for (const [other, controller] of stops.current) if (name === undefined || other === name) controller.abort();
  }, []);

  return {
    outcomes,
    running: Object.values(outcomes).some((outcome) => outcome.running),
    start,
    stop,
    past,
    rate: (at, rating) => remember((now) => now.map((run) => (run.at === at ? { ...run, rating } : run))),
    show: (name, { outcome }) => show(name, outcome),
  };
}
