// How figures are written, everywhere alike. Unknown values are a dash, never a zero.

export const unknown = "–";

// Making a format costs more than using it a hundred times.
const formats: Intl.NumberFormat[] = [];

function digits(value: number, places: number): string {
  formats[places] ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: places });
  return formats[places].format(value);
}

/** US dollars: $0.0042, $12.30, $1,204. Two significant digits below a cent, so that no call looks free. */
export function money(dollars: number | null | undefined): string {
  if (dollars === null || dollars === undefined) return unknown;
  if (dollars === 0) return "$0";
  const size = Math.abs(dollars);
  const sign = dollars < 0 ? "−" : "";
  if (size < 0.01) return `${sign}$${trimmed(size.toPrecision(2))}`;
  if (size < 1) return `${sign}$${trimmed(size.toFixed(4))}`;
  return `${sign}$${size < 1000 ? size.toFixed(2) : digits(size, 0)}`;
}

function trimmed(text: string): string {
  const plain = text.includes("e") ? Number(text).toFixed(10) : text;
  return plain.replace(/(\.\d*?[1-9])0+$|\.0+$/, "$1");
}

/** A count: 940, 12.4k, 3.1M. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return unknown;
  const size = Math.abs(value);
  if (size < 1000) return digits(value, 0);
  if (size < 999_950) return `${digits(value / 1000, 1)}k`;
  if (size < 999_950_000) return `${digits(value / 1e6, 1)}M`;
  return `${digits(value / 1e9, 1)}B`;
}

/** A count with all its digits: 12,431. */
export function exact(value: number | null | undefined): string {
  return value === null || value === undefined ? unknown : digits(value, 0);
}

/** A length of time of so many seconds: 8 ms, 840 ms, 12.3 s, 3 min 5 s. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return unknown;
  if (seconds < 0.0095) return `${digits(seconds * 1000, 1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A share from 0 to 1: 0 %, 0.4 %, 12 %. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return unknown;
  const percent = value * 100;
  return `${percent > 0 && percent < 1 ? digits(Math.max(percent, 0.1), 1) : digits(percent, percent < 10 ? 1 : 0)} %`;
}

/** An id shortened in its middle: log_8f3k…x2. */
export function shortId(id: string, keep = 8): string {
  return id.length <= keep + 7 ? id : `${id.slice(0, keep)}…${id.slice(-4)}`;
}

export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return unknown;
  if (size < 1024) return `${size} B`;
  if (size < 1024 ** 2) return `${digits(size / 1024, 1)} KB`;
  if (size < 1024 ** 3) return `${digits(size / 1024 ** 2, 1)} MB`;
  return `${digits(size / 1024 ** 3, 2)} GB`;
}

export const plural = (n: number, one: string, many = `${one}s`) => `${exact(n)} ${n === 1 ? one : many}`;
