import { type ReactNode, useMemo, useRef } from "react";
import type { Span } from "../../api/queries/trace";
import { KindIcon, Status } from "../../kit/marks";
import type { TimelineRow } from "../../kit/timeline";
import { count, span as long, money } from "../../lib/format";
import { type Placed, type Shape, segmentsOf } from "./model";

/** The rows of what is shown. They stay the same objects as long as nothing of them changes. */
export function useRows(shape: Shape, shown: readonly number[], closed: ReadonlySet<string>, bare: boolean) {
  const made = useRef<{ shape: Shape; bare: boolean; rows: Map<number, TimelineRow> }>(undefined);
  return useMemo(() => {
    if (made.current?.shape !== shape || made.current.bare !== bare) made.current = { shape, bare, rows: new Map() };
    const { rows } = made.current;
    return shown.flatMap((i) => {
      const one = shape.placed[i];
      if (!one) return [];
      const open = one.below > 0 ? !closed.has(one.span.id) : undefined;
      const known = rows.get(i);
      const row = known && known.open === open ? known : rowOf(one, open, bare);
      rows.set(i, row);
      return [row];
    });
  }, [shape, shown, closed, bare]);
}

function rowOf(one: Placed, open: boolean | undefined, bare: boolean): TimelineRow {
  const { span, from, to, critical } = one;
  return {
    id: span.id,
    level: span.depth + 1,
    open,
    label: <Name span={span} below={open === false ? one.below : 0} critical={critical} />,
    end: bare ? <Figures one={one} /> : long(to - from),
    from,
    to,
    failed: span.status === "failed",
    segments: segmentsOf(one),
    critical,
  };
}

function Name({ span, below, critical }: { span: Span; below: number; critical: boolean }): ReactNode {
  const { type, path, status, error_reason, error, version_name } = span;
  return (
    <>
      <KindIcon kind={type} size={14} />
      <span className="cut span-path" title={path}>
        {path}
      </span>
      {version_name && <span className="dim span-version">{version_name}</span>}
      {below > 0 && <span className="span-below">{count(below)} below</span>}
      {status === "failed" && (
        <span className="span-failed" title={error}>
          <Status state="bad">{error_reason ?? error ?? "failed"}</Status>
        </span>
      )}
      {status === "incomplete" && <Status state="running">goes on</Status>}
      {critical && <span className="unseen">, on the critical path</span>}
    </>
  );
}

// The figures of a span where there is room for them, in columns.
function Figures({ one: { span, from, to } }: { one: Placed }) {
  const tokens = (span.prompt_tokens ?? 0) + (span.output_tokens ?? 0);
  return (
    <span className="span-figures">
      <span className="cut">{span.model && [span.provider, span.model].filter(Boolean).join("/")}</span>
      <span>{tokens > 0 && `${count(tokens)} tokens`}</span>
      <span>{span.cost !== undefined && money(span.cost)}</span>
      <span>+{long(from)}</span>
      <span>{long(to - from)}</span>
    </span>
  );
}
