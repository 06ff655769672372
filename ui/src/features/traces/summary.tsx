import { Link } from "@tanstack/react-router";
import type { Span } from "../../api/queries/trace";
import { Latency, Money, Time, Tokens } from "../../kit/figures";
import { KindIcon, Status } from "../../kit/marks";
import { Select } from "../../kit/select";
import { exact, plural } from "../../lib/format";
import type { Only, Shape } from "./model";
import { sumsOf } from "./model";

export type View = "tree" | "time";

interface Props {
  root: Span;
  shape: Shape;
  total: number;
  view: View;
  only: Only | undefined;
  onView: (view: View) => void;
  onOnly: (only: Only | undefined) => void;
}

/** What the trace is as a whole, and how it is shown. */
export function Summary({ root, shape, total, view, only, onView, onOnly }: Props) {
  const sums = sumsOf(shape);
  return (
    <header className="trace-head">
      <h1>
        <KindIcon kind={root.type} />
        <Link className="cut" to="/logs/$id" params={{ id: root.id }}>
          {root.path}
        </Link>
        <Outcome root={root} failed={sums.failed} />
      </h1>
      <p className="trace-sums">
        <Time at={root.start_time ?? root.created_at} />
        <Latency value={shape.length} />
        <span>
          {shape.placed.length < total
            ? `${exact(shape.placed.length)} of ${plural(total, "span")}`
            : plural(total, "span")}
        </span>
        <span>{plural(sums.models, "call of a model", "calls of models")}</span>
        {sums.tokens > 0 && (
          <span>
            <Tokens value={sums.tokens} /> tokens
          </span>
        )}
        {sums.cost > 0 && <Money value={sums.cost} />}
      </p>
      <div className="trace-looks">
        <Select
          quiet
          aria-label="Which spans"
          value={only ?? ""}
          onChange={(next) => onOnly(next === "" ? undefined : next)}
          options={[
            { value: "", label: "All spans" },
            { value: "failed", label: "Only failed", end: exact(sums.failed) },
            { value: "models", label: "Only models", end: exact(sums.models) },
          ]}
        />
        <Select
          quiet
          aria-label="View"
          value={view}
          onChange={onView}
          options={[
            { value: "time", label: "Tree and times" },
            { value: "tree", label: "Tree and figures" },
          ]}
        />
      </div>
    </header>
  );
}

function Outcome({ root, failed }: { root: Span; failed: number }) {
  if (root.status === "incomplete") return <Status state="running">goes on</Status>;
  if (root.status === "failed") return <Status state="bad">{root.error_reason ?? "failed"}</Status>;
  return failed > 0 ? <Status state="warn">{exact(failed)} failed below</Status> : <Status state="good">good</Status>;
}
