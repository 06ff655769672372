// One way to write times. The zone is the browser's, or UTC if a person asks for it; it is always named in headers.

let utc = false;
const listeners = new Set<() => void>();

export const usesUTC = () => utc;

export function setUTC(on: boolean): void {
  utc = on;
  for (const listener of listeners) listener();
}

export function onZone(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const ofBrowser = Intl.DateTimeFormat().resolvedOptions().timeZone; // asking costs more than writing a row

/** The zone's name as a header shows it: "UTC", "Europe/Berlin". */
export const zone = () => (utc ? "UTC" : ofBrowser);

/** The zone's short name at a time, for the head of a column: "UTC", "CET", "GMT+5:30". */
export const zoneShort = (at = new Date()): string =>
  named()
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value ?? zone();

// Making a format costs more than using it a hundred times.
function format(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  const made: Record<string, Intl.DateTimeFormat> = {};
  return () => {
    const timeZone = utc ? "UTC" : undefined;
    made[timeZone ?? ""] ??= new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
    return made[timeZone ?? ""] as Intl.DateTimeFormat;
  };
}
const named = format({ timeZoneName: "short" });

const part = (options: Intl.DateTimeFormatOptions) => {
  const formatted = format(options);
  return (at: Date) => formatted().format(at);
};

const day = part({ year: "numeric", month: "2-digit", day: "2-digit" });
const clock = part({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** 2026-11-29 14:03:05.123, to sort by eye. */
export function full(at: string | Date): string {
  const date = new Date(at);
  const [d, m, y] = day(date).split("/");
  return `${y}-${m}-${d} ${clock(date)}.${String(date.getUTCMilliseconds()).padStart(3, "0")}`;
}

/** 2026-11-29 14:03. */
export const minute = (at: string | Date) => full(at).slice(0, 16);

/** 14:03:05 today, 11-28 14:03 this year, else 2025-11-28. */
export function short(at: string | Date, now = new Date()): string {
  const said = full(at);
  const today = full(now);
  if (said.slice(0, 10) === today.slice(0, 10)) return said.slice(11, 19);
  return said.slice(0, 4) === today.slice(0, 4) ? said.slice(5, 16) : said.slice(0, 10);
}

/** "4 min ago", within a day; else the day. */
export function ago(at: string | Date, now = new Date()): string {
  const seconds = Math.round((now.getTime() - new Date(at).getTime()) / 1000);
  if (seconds < 0) return short(at, now);
  if (seconds < 45) return "just now";
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return short(at, now);
}

/** The milliseconds of a span as "15m", "1h", "7d"; undefined if it is none. */
export function spanOf(text: string | undefined): number | undefined {
  const match = /^(\d{1,4})(m|h|d)$/.exec(text ?? "");
  if (!match) return undefined;
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "m" | "h" | "d"];
  return Number(match[1]) * unit;
}
