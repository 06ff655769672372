import type { LogFilter } from "../../api/queries/logs";
import type { SeriesFilter } from "../../api/queries/stats";

/** The filters that figures are kept by, which of the two parts they leave, and the names of those that they are not kept by. */
export function figuresOf(filter: LogFilter) {
  const { last, start_date, end_date, search, in_trace, path, error_reason, status, ...rest } = filter;
  const figures: SeriesFilter = { last, from: start_date, to: end_date };
  const left: string[] = [];
  const lists = { reason: error_reason, ...rest };
  for (const [name, values] of Object.entries(lists)) {
    if (values === undefined) continue;
    if (kept.has(name) && Array.isArray(values) && !values.some((value) => String(value).startsWith("!"))) {
      Object.assign(figures, { [name]: values });
    } else left.push(name);
  }
  if (path?.length === 1 && !path[0]?.startsWith("!")) figures.path = path[0];
  else if (path) left.push("path");
  const only = status?.length === 1 && status[0] === "failed" ? ("failed" as const) : undefined;
  if (status && !only) left.push("status");
  if (search) left.push("words");
  if (in_trace !== undefined) left.push("in");
  return { figures, only, left };
}

const kept = new Set([
  "file_id",
  "version_id",
  "type",
  "environment",
  "provider",
  "model",
  "api_key",
  "source",
  "reason",
]);
