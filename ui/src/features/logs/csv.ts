// Logs as CSV (RFC 4180).
import type { Log } from "../../api/queries/log";
import { fileOf, fullCost } from "./log";

const heads = [
  "id",
  "created_at",
  "type",
  "path",
  "version_id",
  "error_reason",
  "provider",
  "model",
  "finish_reason",
  "inputs",
  "messages",
  "output",
  "error",
  "prompt_tokens",
  "output_tokens",
  "cost",
  "latency",
  "user",
  "environment",
  "request_id",
] as const;

/** A head, and a line for each Log. */
export function csv(logs: readonly Log[]): string {
  return [heads, ...logs.map(cells)].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cells(log: Log): unknown[] {
  const { file, versionId } = fileOf(log);
  return [
    log.id,
    log.created_at,
    log.type,
    file?.path,
    versionId,
    log.detail?.reason,
    log.provider,
    log.model,
    log.finish_reason,
    log.inputs,
    log.messages,
    log.output,
    log.error,
    log.prompt_tokens,
    log.output_tokens,
    fullCost(log),
    log.provider_latency,
    log.user,
    log.deployed_environment ?? log.environment,
    log.request_id,
  ];
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  // A spreadsheet would run what begins like a formula.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
