import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { Span } from "../../api/queries/trace";
import { Button } from "../../kit/button";
import { Drawer } from "../../kit/drawer";
import { Skeleton } from "../../kit/skeleton";
import { Timeline } from "../../kit/timeline";
import { exact, shortId } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { usePage } from "../../lib/page";
import { FaultOfError } from "../../parts/fault";
import { above, nextFailure, type Only, shapeOf, shownOf } from "./model";
import { SpanHead, SpanView } from "./span";
import { useRows } from "./spans";
import { Summary, type View } from "./summary";
import { type Trace as Loaded, useTrace } from "./useTrace";
import "./trace.css";

const route = getRouteApi("/logs/$id/trace");

/** All that happened for one Log: what called what, when, how long, at which cost, and what failed. */
export function Trace() {
  const { id } = route.useParams();
  usePage("Trace", [{ label: "Logs", to: "/logs" }, { label: shortId(id), to: `/logs/${id}` }, { label: "Trace" }]);
  const trace = useTrace(id);
  if (trace.spans) return <Spans key={id} trace={trace} spans={trace.spans} />;
  if (trace.error) throw trace.error;
  return (
    <div className="trace" aria-busy="true">
      <div className="trace-head">
        <Skeleton height={52} />
      </div>
      <Skeleton rows lines={18} />
    </div>
  );
}

function Spans({ trace, spans }: { trace: Loaded; spans: Span[] }) {
  const { id } = route.useParams();
  const { span, view = "time", only } = route.useSearch();
  const navigate = route.useNavigate();
  const shape = useMemo(() => shapeOf(spans), [spans]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => shownOf(shape, closed, only), [shape, closed, only]);
  const rows = useRows(shape, shown, closed, view === "tree");
  const [cursor, setCursor] = useState(span ?? id);
  const current = span ?? cursor;
  const at = shape.placed.findIndex((one) => one.span.id === current);

  const put = (next: { span?: string; view?: View; only?: Only }, replace = true) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace });
  const select = (next: string) => {
    setCursor(next);
    if (span) put({ span: next });
  };
  const open = (next: string) => put({ span: next }, !!span);
  const close = () => {
    setCursor(current);
    put({ span: undefined });
  };
  const toggle = useCallback((which: string, isOpen: boolean) => {
    setClosed((before) => {
      const next = new Set(before);
      if (isOpen) next.delete(which);
      else next.add(which);
      return next;
    });
  }, []);
  const move = (by: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, rows.findIndex((one) => one.id === current) + by))];
    if (row) select(row.id);
  };
  const failure = () => {
    const next = nextFailure(shape, at);
    if (next === undefined) return;
    setClosed((before) => new Set([...before].filter((one) => !above(shape, next).includes(one))));
    select(shape.placed[next]?.span.id ?? current);
  };
  useKeys("This trace", [
    { keys: "j | ArrowDown", does: "Go to the next span", run: () => move(1), quiet: true },
    { keys: "k | ArrowUp", does: "Go to the previous span", run: () => move(-1), quiet: true },
    { keys: "ArrowRight", does: "Unfold the span", run: () => toggle(current, true), quiet: true },
    { keys: "ArrowLeft", does: "Fold the span", run: () => toggle(current, false), quiet: true },
    { keys: "Enter | o", does: "Open the span", run: () => open(current), quiet: true },
    { keys: "f", does: "Go to the next failure", run: failure },
    { keys: "v", does: "Show times or figures", run: () => put({ view: view === "time" ? "tree" : undefined }) },
    { keys: "Escape", does: "Close the span", run: () => (span ? close() : false), quiet: true },
  ]);
  const [root] = spans;
  if (!root) return null;
  return (
    <Drawer
      name="span"
      label="Span"
      open={!!span && at >= 0}
      onClose={close}
      head={<SpanHead shape={shape} at={at} />}
      main={
        <div className="trace">
          <Summary
            root={root}
            shape={shape}
            total={trace.total}
            view={view}
            only={only}
            onView={(next) => put({ view: next === "time" ? undefined : next })}
            onOnly={(next) => put({ only: next })}
          />
          <div className="trace-rows">
            <Timeline
              label="Spans"
              rows={rows}
              length={shape.length}
              current={current}
              onSelect={select}
              onOpen={open}
              onToggle={toggle}
              bare={view === "tree"}
            />
          </div>
          <Foot trace={trace} here={spans.length} />
        </div>
      }
    >
      <SpanView key={current} shape={shape} at={at} />
    </Drawer>
  );
}

/** What of the trace is not here. */
function Foot({ trace: { total, coming, further, error, retry }, here }: { trace: Loaded; here: number }) {
  if (error) return <FaultOfError error={error} small onRetry={retry} retry="Try again" />;
  if (here >= total) return null;
  return (
    <p className="trace-foot" role="status">
      {exact(here)} of {exact(total)} spans are here{coming && ", the others are coming"}.
      {!coming && (
        <Button small busy={!further} onClick={further}>
          Load {exact(Math.min(2000, total - here))} more
        </Button>
      )}
    </p>
  );
}
