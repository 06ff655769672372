import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Log, logQuery } from "../../api/queries/log";
import { Attempts } from "../../kit/attempts";
import { Copy } from "../../kit/copy";
import { Latency, Money, Time, Tokens } from "../../kit/figures";
import { Json } from "../../kit/json";
import { KindIcon, Status, Version } from "../../kit/marks";
import { Message } from "../../kit/message";
import { Skeleton } from "../../kit/skeleton";
import { FaultOf, FaultOfError } from "../../parts/fault";
import { conversationOf } from "../../parts/said";
import { alone, type Shape } from "./model";

interface Props {
  shape: Shape;
  /** The index of the span. */
  at: number;
}

/** Which span it is. */
export function SpanHead({ shape, at }: Props) {
  const span = shape.placed[at]?.span;
  if (!span) return null;
  return (
    <div className="span-head">
      <h2>
        <KindIcon kind={span.type} />
        <Link className="cut" to="/logs/$id" params={{ id: span.id }}>
          {span.path}
        </Link>
        {span.status === "failed" && <Status state="bad">failed</Status>}
        {span.status === "incomplete" && <Status state="running">goes on</Status>}
      </h2>
      <p className="dim">
        <code className="cut">{span.id}</code>
        <Copy text={span.id} label="Copy the id" />
      </p>
    </div>
  );
}

/** What a span was, and what was said in it. */
export function SpanView({ shape, at }: Props) {
  const span = shape.placed[at]?.span;
  const query = useQuery({ ...logQuery(span?.id ?? ""), enabled: !!span });
  if (!span) return null;
  return (
    <div className="span">
      <Facts shape={shape} at={at} />
      {query.data ? (
        <Said log={query.data} />
      ) : query.error ? (
        <FaultOfError error={query.error} onRetry={() => void query.refetch()} retry="Try again" />
      ) : (
        <div aria-busy="true">
          <Skeleton lines={8} />
        </div>
      )}
      <p>
        <Link to="/logs/$id" params={{ id: span.id }}>
          Open the whole Log
        </Link>
      </p>
    </div>
  );
}

function Facts({ shape, at }: Props) {
  const one = shape.placed[at];
  if (!one) return null;
  const { span, from, to, below, critical } = one;
  const tokens = (span.prompt_tokens ?? 0) + (span.output_tokens ?? 0);
  const facts: [string, ReactNode][] = [
    ["Began", <Time key="began" at={span.start_time ?? span.created_at} as="full" />],
    ["After", <Latency key="after" value={from} />],
    ["Took", <Latency key="took" value={to - from} />],
    ["Of this alone", below > 0 && <Latency key="alone" value={alone(shape, at)} />],
    ["Critical path", critical && "✓ the whole waited for it"],
    ["Version", <Version key="version" id={span.version_id} name={span.version_name} />],
    ["Model", span.model && [span.provider, span.model].filter(Boolean).join("/")],
    ["Finish", span.finish_reason],
    [
      "Tokens",
      tokens > 0 && <Tokens key="t" value={tokens} kinds={{ input: span.prompt_tokens, output: span.output_tokens }} />,
    ],
    ["Cost", span.cost !== undefined && <Money key="cost" value={span.cost} />],
    ["First token", span.time_to_first_token !== undefined && <Latency key="ttft" value={span.time_to_first_token} />],
  ];
  return (
    <dl className="span-facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Said({ log }: { log: Log }) {
  const attempts = log.attempts ?? [];
  const inputs = Object.keys(log.inputs ?? {}).length > 0;
  const messages = conversationOf(log);
  return (
    <>
      {log.detail && <FaultOf detail={log.detail} noLog />}
      {log.error && !log.detail && (
        <p className="span-error">
          <Status state="bad">{log.error}</Status>
        </p>
      )}
      {attempts.length > 1 && !log.detail && (
        <Attempts attempts={attempts.map((one) => ({ ...one, wait_ms: one.waited_ms }))} />
      )}
      {inputs && <Json label="Inputs" value={log.inputs} most={12} />}
      {messages.map((message, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a Log keep their places.
        <Message key={i} {...message} />
      ))}
      {!inputs && messages.length === 0 && !log.error && <p className="dim">Nothing that was said is kept.</p>}
    </>
  );
}
