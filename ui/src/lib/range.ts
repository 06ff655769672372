// The time range of a screen: `last` in the address, or `from` and `to`.
import { minute, spanOf, usesUTC } from "./clock";

export interface Range {
  last?: string;
  from?: string;
  to?: string;
}

/** The ranges that a person chooses from, the default among them. */
export const ranges = [
  { last: "15m", label: "Last 15 minutes" },
  { last: "1h", label: "Last hour" },
  { last: "6h", label: "Last 6 hours" },
  { last: "24h", label: "Last 24 hours" },
  { last: "7d", label: "Last 7 days" },
  { last: "30d", label: "Last 30 days" },
] as const;

export const defaultLast = "24h";

/** The beginning and end of a range; no end means now. A range that is not said, or is bad, is the default one. */
export function bounds(range: Range, now = new Date()): { from: Date; to?: Date } {
  const from = date(range.from);
  const to = date(range.to);
  if (from && (!to || from < to)) return { from, to };
  const length = spanOf(range.last) ?? spanOf(defaultLast) ?? 0;
  return { from: new Date((to ?? now).getTime() - length), to };
}

/** A range as the API takes it. Like bounds it never fails; a range until now moves on with each request. */
export function asked(range: Range): Range {
  const { from, to } = bounds(range);
  if (range.from || range.to) return { from: from.toISOString(), to: to?.toISOString() };
  return { last: spanOf(range.last) ? range.last : defaultLast };
}

/** A range in words: "Last hour", "2026-11-29 14:00 to 15:30". */
export function rangeLabel(range: Range): string {
  if (range.from || range.to) {
    const { from, to } = bounds(range);
    const end = to ? minute(to) : "now";
    return `${minute(from)} to ${end.slice(0, 10) === minute(from).slice(0, 10) ? end.slice(11) : end}`;
  }
  const last = spanOf(range.last) ? range.last : defaultLast;
  const known = ranges.find((item) => item.last === last);
  return known?.label ?? `Last ${last}`;
}

function date(text: string | undefined): Date | undefined {
  const at = text ? new Date(text) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}

/** A time as the value of a datetime-local input, in the zone that is shown; and back. */
export function inputOf(at: Date): string {
  return minute(at).replace(" ", "T");
}

export function timeOf(input: string): string | undefined {
  return date(usesUTC() && input ? `${input}Z` : input)?.toISOString();
}
