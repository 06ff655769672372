import type { CSSProperties } from "react";
import { span } from "../lib/format";
import { Status } from "./marks";
import "./attempts.css";

/** One try of a call, as the error contract and Logs have it. */
export interface Attempt {
  provider: string;
  model: string;
  /** Why it failed; absent when it did not. */
  reason?: string;
  provider_status?: number;
  ms: number;
  /** The wait before it, in ms, where it is known. */
  waited_ms?: number;
}

/** The tries of a call below each other, each with its time to scale, the waits between them, and why it failed. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  let begin = 0;
  const placed = attempts.map((attempt) => {
    const wait = attempt.waited_ms ?? 0;
    const at = begin + wait;
    begin = at + attempt.ms;
    return { ...attempt, wait, at };
  });
  const all = Math.max(1, begin);
  const part = (ms: number) => `${(ms / all) * 100}%`;
  return (
    <ol className="attempts" aria-label={`${attempts.length} tries in ${span(begin / 1000)}`}>
      {placed.map(({ provider, model, reason, provider_status, ms, wait, at }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tries have no other name than their number.
        <li key={i} className="attempt" data-failed={reason ? "" : undefined}>
          <span className="attempt-number">{i + 1}</span>
          <span className="attempt-model cut">
            {provider}/{model}
          </span>
          <Status state={reason ? "bad" : "good"}>
            {reason ?? "answered"}
            {provider_status ? ` (${provider_status})` : ""}
          </Status>
          <span className="attempt-time">
            {wait > 0 && <span className="dim">after {span(wait / 1000)} · </span>}
            {span(ms / 1000)}
          </span>
          <span
            className="attempt-bar"
            aria-hidden="true"
            style={{ "--wait-at": part(at - wait), "--at": part(at), "--long": part(ms) } as CSSProperties}
          />
        </li>
      ))}
    </ol>
  );
}
