// A trace as a tree with times. The spans come as the server lists them: each before those below it.
import type { Span } from "../../api/queries/trace";
import type { TimelineSegment } from "../../kit/timeline";

/** A span in its place. */
export interface Placed {
  span: Span;
  from: number; // seconds since the beginning of the trace
  to: number;
  parent: number; // its index, -1 for the root
  below: number; // how many spans are below it
  critical: boolean; // on the path that the whole waited for
}

export interface Shape {
  placed: Placed[];
  length: number; // of the trace, in seconds
}

/** Gives spans their places. One without an end lasts as long as what is below it. */
export function shapeOf(spans: readonly Span[]): Shape {
  const zero = spans.reduce((least, span) => Math.min(least, beginning(span)), Number.POSITIVE_INFINITY);
  const placed = spans.map(
    (span): Placed => ({
      span,
      from: (beginning(span) - zero) / 1000,
      to: (ending(span) - zero) / 1000,
      parent: -1,
      below: 0,
      critical: false,
    }),
  );
  const open: number[] = []; // the way from the root
  placed.forEach((one, i) => {
    open.length = Math.min(open.length, one.span.depth);
    one.parent = open.at(-1) ?? -1;
    open.push(i);
  });
  for (let i = placed.length - 1; i > 0; i--) {
    const one = placed[i];
    const parent = placed[one?.parent ?? -1];
    if (!one || !parent) continue;
    parent.below += one.below + 1;
    if (!parent.span.end_time) parent.to = Math.max(parent.to, one.to);
  }
  markCritical(placed);
  return { placed, length: placed.reduce((most, { to }) => Math.max(most, to), 0) };
}

const beginning = ({ start_time, created_at }: Span) => Date.parse(start_time ?? created_at);

function ending(span: Span): number {
  if (span.end_time) return Math.max(beginning(span), Date.parse(span.end_time));
  return beginning(span) + (span.provider_latency ?? 0) * 1000;
}

// Backwards from the end of a span: what ended last was waited for; before it, what ended last until it began; and so on, at every level.
function markCritical(placed: Placed[]): void {
  const children = new Map<number, number[]>();
  placed.forEach(({ parent }, i) => {
    const all = children.get(parent);
    if (all) all.push(i);
    else children.set(parent, [i]);
  });
  const waiting = [0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const one = placed[at];
    if (!one) continue;
    one.critical = true;
    let until = Number.POSITIVE_INFINITY;
    const ended = (children.get(at) ?? []).sort((a, b) => (placed[b]?.to ?? 0) - (placed[a]?.to ?? 0));
    for (const child of ended) {
      const { from, to } = placed[child] ?? { from: 0, to: 0 };
      if (to > until + 1e-6) continue;
      until = from;
      waiting.push(child);
    }
  }
}

export type Only = "failed" | "models";

/** The indices of what is shown: none below closed spans; of those that are left out only what stands above one that is shown. */
export function shownOf({ placed }: Shape, closed: ReadonlySet<string>, only?: Only): number[] {
  const wanted = only && reached(placed, only === "failed" ? hasFailed : ({ span }) => !!span.model);
  const out: number[] = [];
  for (let i = 0; i < placed.length; i++) {
    const one = placed[i];
    if (!one) continue;
    if (wanted && !wanted[i]) i += one.below;
    else {
      out.push(i);
      if (closed.has(one.span.id)) i += one.below;
    }
  }
  return out;
}

function reached(placed: readonly Placed[], is: (one: Placed) => boolean): boolean[] {
  const out = placed.map(is);
  for (let i = placed.length - 1; i > 0; i--) {
    const parent = placed[i]?.parent ?? -1;
    if (out[i] && parent >= 0) out[parent] = true;
  }
  return out;
}

const hasFailed = ({ span }: Placed) => span.status === "failed";

/** The next span that failed after one, around the end. Undefined if none did. */
export function nextFailure({ placed }: Shape, after: number): number | undefined {
  const failed = placed.flatMap((one, i) => (hasFailed(one) ? [i] : []));
  return failed.find((i) => i > after) ?? failed[0];
}

/** The ids of what stands above a span. */
export function above({ placed }: Shape, index: number): string[] {
  const out: string[] = [];
  for (let at = placed[index]?.parent ?? -1; at >= 0; at = placed[at]?.parent ?? -1)
    out.push(placed[at]?.span.id ?? "");
  return out;
}

/** The attempts of a span as parts of its time, with what each failed for; undefined if there was one. */
export function segmentsOf({ span, from }: Pick<Placed, "span" | "from">): TimelineSegment[] | undefined {
  const attempts = span.attempts ?? [];
  if (attempts.length < 2) return undefined;
  const out: TimelineSegment[] = [];
  let at = from;
  attempts.forEach(({ provider, model, reason, ms, waited_ms: waited = 0 }, i) => {
    if (waited > 0) {
      out.push({ from: at, to: at + waited / 1000, kind: "wait", title: `waited ${waited} ms` });
      at += waited / 1000;
    }
    const title = `try ${i + 1}, ${provider}/${model}: ${reason ?? "answered"}, ${ms} ms`;
    out.push({ from: at, to: at + ms / 1000, kind: reason ? "failed" : "run", title });
    at += ms / 1000;
  });
  return out;
}

/** How much of the time of a span nothing below it was at work, in seconds. */
export function alone({ placed }: Shape, index: number): number {
  const one = placed[index];
  if (!one) return 0;
  const children = placed.slice(index + 1, index + 1 + one.below).filter(({ parent }) => parent === index);
  let free = one.to - one.from;
  let until = one.from;
  for (const { from, to } of children.sort((a, b) => a.from - b.from)) {
    const begin = Math.max(from, until);
    const end = Math.min(to, one.to);
    if (end > begin) free -= end - begin;
    until = Math.max(until, end);
  }
  return Math.max(0, free);
}

/** The sums over all spans. */
export function sumsOf({ placed }: Shape) {
  const sums = { failed: 0, cost: 0, tokens: 0, models: 0 };
  for (const { span } of placed) {
    if (span.status === "failed") sums.failed++;
    if (span.model) sums.models++;
    sums.cost += span.cost ?? 0;
    sums.tokens += (span.prompt_tokens ?? 0) + (span.output_tokens ?? 0);
  }
  return sums;
}
