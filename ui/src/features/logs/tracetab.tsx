import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { traceStartQuery } from "../../api/queries/log";
import { Latency } from "../../kit/figures";
import { KindIcon } from "../../kit/marks";
import { Skeleton } from "../../kit/skeleton";
import { plural } from "../../lib/format";
import { FaultOfError } from "../../parts/fault";
import { StatusOf } from "./columns";

/** The spans of the trace of a Log, and the way to all of it. */
export function TraceTab({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(traceStartQuery(id));
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} />;
  return (
    <div className="logview-pad">
      <p>
        <Link to="/logs/$id/trace" params={{ id: data.records[0]?.id ?? id }} search={{ span: id }}>
          {`Open the trace: ${plural(data.total, "span")}`}
        </Link>
      </p>
      <ol className="logspans">
        {data.records.map((span) => (
          <li
            key={span.id}
            style={{ paddingLeft: Math.min(span.depth, 12) * 16 }}
            aria-current={span.id === id || undefined}
          >
            <KindIcon kind={span.type} size={14} />
            <Link to="/logs/$id" params={{ id: span.id }} className="cut">
              {span.path}
            </Link>
            <StatusOf row={span} />
            <Latency value={span.provider_latency} />
          </li>
        ))}
      </ol>
      {data.total > data.records.length && (
        <p className="dim">{`${plural(data.total - data.records.length, "further span")} in the trace.`}</p>
      )}
    </div>
  );
}
