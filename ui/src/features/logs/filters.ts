// Filters of Logs in their three forms: chips, the address, and the API.
import type { Filter, FilterName } from "../../kit/chips";
import { spanOf } from "../../lib/clock";
import { bounds, type Range } from "../../lib/range";
import type { logFilterNames } from "../../routes";

/** A filter that repeats its name in the address. */
type Name = (typeof logFilterNames)[number];

/** What of an address a list of Logs is narrowed by. */
export interface LogSearch extends Range, Partial<Record<Name, string[]>> {
  q?: string;
  trace?: "in" | "out";
  order?: "newest" | "oldest" | "cost" | "latency" | "tokens";
}

/** The parameters of a list of Logs of the API, without order and cursors. */
export type LogQuery = Partial<Record<Listed | "latency" | "cost" | "tokens" | "metadata" | "judgment", string[]>> & {
  in_trace?: boolean;
  search?: string;
  start_date?: string;
  end_date?: string;
  last?: string;
};

/** The names of filters whose values are listed as they are, and the parameter of each. */
export const listed = {
  path: "path",
  file: "file_id",
  version: "version_id",
  type: "type",
  provider: "provider",
  model: "model",
  env: "environment",
  status: "status",
  origin: "origin",
  reason: "error_reason",
  finish: "finish_reason",
  user: "user",
  source: "source",
  key: "api_key",
  request: "request_id",
  run: "run_id",
} as const satisfies Partial<Record<Name, string>>;
type Listed = (typeof listed)[keyof typeof listed];

const amounts = ["latency", "cost", "tokens"] as const;

/** The filters that a person may type, in the order in which they are offered. */
export const filterNames: readonly FilterName[] = [
  { name: "status", hint: "ok, failed, incomplete" },
  { name: "reason", hint: "why it failed; * for any failure" },
  { name: "origin", hint: "whose failure: caller, provider, server" },
  { name: "model", hint: "that answered" },
  { name: "provider", hint: "that answered" },
  { name: "path", hint: "of a File, or a directory" },
  { name: "version", hint: "of a File" },
  { name: "env", hint: "environment" },
  { name: "user", hint: "as the caller named them" },
  { name: "latency", hint: ">2s, <500ms, 1s..5s" },
  { name: "cost", hint: ">0.01, in dollars" },
  { name: "tokens", hint: ">10k" },
  { name: "judged", hint: "judged.rating:bad", open: true },
  { name: "meta", hint: "meta.key:value", open: true },
  { name: "in", hint: "in:trace, or !in:trace" },
  { name: "finish", hint: "why the model stopped" },
  { name: "type", hint: "prompt, tool, evaluator, flow, agent" },
  { name: "source", hint: "what made the Log" },
  { name: "key", hint: "API key" },
  { name: "request", hint: "id of a request" },
  { name: "run", hint: "id of a Run" },
  { name: "file", hint: "id of a File" },
];

const order = filterNames.map(({ name }) => name).filter((name): name is Name => name !== "in");

/** The filters in an address, as chips show them. */
export function chipsOf(search: LogSearch): Filter[] {
  const out: Filter[] = [];
  for (const name of order) for (const written of search[name] ?? []) out.push(chipOf(name, written));
  if (search.trace) out.push({ name: "in", value: "trace", not: search.trace === "out" || undefined });
  return out;
}

function chipOf(name: Name, written: string): Filter {
  const not = written.startsWith("!") || undefined;
  const value = not ? written.slice(1) : written;
  const colon = value.indexOf(":");
  if ((name !== "meta" && name !== "judged") || colon < 1) return { name, value, not };
  return { name: `${name}.${value.slice(0, colon)}`, value: value.slice(colon + 1), not };
}

/** What chips say as a part of an address: every name of a filter is in it, so that what is not said goes. */
export function searchOf(chips: readonly Filter[]): LogSearch {
  const out: LogSearch = { ...Object.fromEntries(order.map((name) => [name, undefined])), trace: undefined };
  for (const { name, value, not } of chips) {
    const dot = name.indexOf(".");
    const first = (dot < 0 ? name : name.slice(0, dot)) as Name | "in";
    if (first === "in") out.trace = not ? "out" : "in";
    else out[first] = [...(out[first] ?? []), `${not ? "!" : ""}${dot < 0 ? "" : `${name.slice(dot + 1)}:`}${value}`];
  }
  return out;
}

/** What an address asks of the API. Logs of one File alone, if it is given. */
export function queryOf(search: LogSearch, file?: string): LogQuery {
  const out: LogQuery = { search: search.q, ...rangeOf(search) };
  for (const [name, parameter] of Object.entries(listed)) {
    const values = search[name as Name];
    if (values) out[parameter] = values;
  }
  if (file) out.file_id = [file];
  for (const amount of amounts) {
    const values = search[amount]?.map((written) => amountOf(amount, written));
    if (values) out[amount] = values;
  }
  if (search.meta) out.metadata = search.meta.map((written) => member(written));
  if (search.judged) out.judgment = search.judged.map((written) => member(written, true));
  if (search.trace) out.in_trace = search.trace === "in";
  return out;
}

function rangeOf(search: Range): Pick<LogQuery, "last" | "start_date" | "end_date"> {
  if (!search.from && !search.to) return { last: spanOf(search.last) ? search.last : "24h" };
  const { from, to } = bounds(search);
  return { start_date: from.toISOString(), end_date: to?.toISOString() };
}

const opposites: Record<string, string> = { ">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "": "!=" };
const units: Record<string, number> = { ms: 0.001, s: 1, min: 60, m: 60, h: 3600, k: 1000, "": 1 };

/** A condition on an amount as the API takes it: ">2s" is ">2", "<500ms" is "<0.5". What cannot be read stays, and the server says so. */
export function amountOf(amount: (typeof amounts)[number], written: string): string {
  const match = /^(!?)(>=|<=|>|<|)(.+)$/.exec(written.replaceAll(" ", "").replaceAll("$", ""));
  const [, not, is = "", rest = ""] = match ?? [];
  const parts = rest.split("..").map((part) => numberOf(part, amount));
  if (parts.some((part) => part === undefined)) return written;
  const number = parts.join("..");
  return not ? (is ? `${opposites[is]}${number}` : written) : `${is}${number}`;
}

function numberOf(text: string, amount: (typeof amounts)[number]): string | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|min|m|h|k|M)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = amount === "tokens" && unit.toLowerCase() === "m" ? 1e6 : (units[unit] ?? 1);
  return String(Number((Number(digits) * factor).toPrecision(12)));
}

// member is KEY=value of "key:value" and KEY!=value of "!key:value"; a value that begins with a comparison has its own, if compares.
function member(written: string, compares = false): string {
  const not = written.startsWith("!");
  const text = not ? written.slice(1) : written;
  const colon = text.indexOf(":");
  if (colon < 0) return text;
  const [, said = "", value = ""] = /^(>=|<=|>|<|)(.*)$/s.exec(text.slice(colon + 1)) ?? [];
  const is = compares ? said : "";
  const sign = not ? opposites[is] : is || "=";
  return `${text.slice(0, colon)}${sign}${compares ? value : text.slice(colon + 1)}`;
}
