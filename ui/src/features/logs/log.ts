// What a Log says, of whatever kind it is.
import type { Log } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import type { TokenKinds } from "../../kit/figures";

/** The File and version of a Log. */
export function fileOf(log: Log) {
  const file =
    log.type === "prompt"
      ? log.prompt
      : log.type === "tool"
        ? log.tool
        : log.type === "evaluator"
          ? log.evaluator
          : log.type === "flow"
            ? log.flow
            : log.agent;
  return { file, versionId: file?.version_id, versionName: file?.version_name };
}

/** Prompt and output, in dollars; undefined if neither is known. */
export function fullCost({ prompt_cost: prompt, output_cost: output }: Log): number | undefined {
  return prompt === undefined && output === undefined ? undefined : (prompt ?? 0) + (output ?? 0);
}

/** What stands in the head of a Log and what its actions need, from its row until the Log is there. */
export interface Facts {
  id: string;
  at?: string;
  type?: LogRow["type"];
  file?: { id: string; path: string };
  version?: { id: string; name?: string };
  differs?: boolean;
  status?: LogRow["status"];
  reason?: string;
  provider?: string;
  model?: string;
  finish?: string;
  tokens?: number;
  kinds?: TokenKinds;
  cost?: number;
  latency?: number;
  first?: number;
  request?: string;
  children?: number;
}

export function factsOf(id: string, row: LogRow | undefined, log: Log | undefined): Facts {
  return { ...(row ? ofRow(row) : { id }), ...(log ? known(ofLog(log)) : {}) };
}

const known = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as Facts;

const sum = (a: number | undefined, b: number | undefined) =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

const ofRow = (row: LogRow): Facts => ({
  id: row.id,
  at: row.created_at,
  type: row.type,
  file: row.file,
  version: row.version,
  differs: row.differs_from_deployed,
  status: row.status,
  reason: row.error_reason,
  provider: row.provider,
  model: row.model,
  finish: row.finish_reason,
  tokens: sum(row.prompt_tokens, row.output_tokens),
  kinds: {
    input: row.prompt_tokens,
    cached: row.cached_tokens,
    output: row.output_tokens,
    reasoning: row.reasoning_tokens,
  },
  cost: row.cost,
  latency: row.latency,
  first: row.time_to_first_token,
  request: row.request_id,
  children: row.children,
});

function ofLog(log: Log): Facts {
  const { file, versionName } = fileOf(log);
  const { usage } = log;
  return {
    id: log.id,
    at: log.created_at,
    type: log.type,
    file: file && { id: file.id, path: file.path },
    version: file && { id: file.version_id, name: versionName },
    status: log.error || log.detail ? "failed" : log.log_status === "incomplete" ? "incomplete" : "ok",
    reason: log.detail?.reason,
    provider: log.provider,
    model: log.model,
    finish: log.finish_reason,
    tokens: sum(log.prompt_tokens, log.output_tokens),
    kinds: usage && {
      input: usage.input_tokens,
      cached: usage.cached_input_tokens,
      written: usage.cache_write_tokens,
      output: usage.output_tokens,
      reasoning: usage.reasoning_tokens,
    },
    cost: fullCost(log),
    latency: log.provider_latency,
    first: log.time_to_first_token,
    request: log.request_id,
  };
}
