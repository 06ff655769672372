import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Log } from "../../api/queries/log";
import { Json } from "../../kit/json";
import { exact } from "../../lib/format";

/** Every other field of a Log. */
export function Details({ log }: { log: Log }) {
  const { usage } = log;
  const link = (id: string | undefined): ReactNode =>
    id && (
      <Link to="/logs/$id" params={{ id }}>
        {id}
      </Link>
    );
  const fields: [string, ReactNode][] = [
    ["Id", log.id],
    ["Created at", log.created_at],
    ["Started at", log.start_time],
    ["Ended at", log.end_time],
    ["Environment", log.environment],
    ["Deployed environment", log.deployed_environment],
    ["User", log.user],
    ["Source", log.source],
    ["API key", log.api_key && (log.api_key.name ?? log.api_key.id)],
    ["Request id", log.request_id],
    ["Run", log.run_id],
    ["Datapoint", log.source_datapoint_id],
    ["Trace", link(log.trace_id)],
    ["Above in the trace", link(log.trace_parent_id)],
    ["Replay of", link(log.replay_of)],
    ["Status", log.log_status],
    ["Input tokens", usage && exact(usage.input_tokens)],
    ["Of these from the cache", usage && exact(usage.cached_input_tokens)],
    ["Of these into the cache", usage && exact(usage.cache_write_tokens)],
    ["Output tokens", usage && exact(usage.output_tokens)],
    ["Of these reasoning", usage && exact(usage.reasoning_tokens)],
    ["Tool choice", log.tool_choice && JSON.stringify(log.tool_choice)],
    ["Labels", log.batches.length > 0 && log.batches.join(", ")],
  ];
  const there = fields.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return (
    <div className="logview-pad">
      <dl className="logdetails">
        {there.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {log.metadata && Object.keys(log.metadata).length > 0 && (
        <>
          <h3>Metadata</h3>
          <Json label="metadata" value={log.metadata} />
        </>
      )}
      {log.stdout && (
        <>
          <h3>Printed</h3>
          <pre className="logdetails-out">{log.stdout}</pre>
        </>
      )}
    </div>
  );
}
