import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import type { LogFilter } from "../../api/queries/logs";
import { type StatsSeries, seriesQuery } from "../../api/queries/stats";
import { Skeleton } from "../../kit/skeleton";
import { ahead } from "../../lib/ahead";
import { minute } from "../../lib/clock";
import { exact, plural } from "../../lib/format";
import { later } from "../../lib/later";
import { figuresOf } from "./figures";

const chart = () => import("../../kit/series");
const Series = later(() => chart().then((part) => part.Series));
ahead(chart); // comes while its figures are asked for

interface Props {
  filter: LogFilter;
  /** What the API needs for the range of the filter. */
  onRange: (from: string, to: string) => void;
}

/** Calls over time, failures in red. Dragging narrows the range. */
export const Histogram = memo(function Histogram({ filter, onRange }: Props) {
  const { figures, only, left } = figuresOf(filter);
  const { data, isPlaceholderData, isError } = useQuery(seriesQuery(figures));
  if (isError && !data) return null; // the rows say what failed
  if (!data) return <Skeleton height={height + 24} />;
  const { buckets, ok, failed } = bars(data);
  return (
    <div style={{ minHeight: height + 24 }}>
      <Series
        label="Calls"
        buckets={buckets}
        bucket={data.bucket * 1000}
        series={[
          { name: "failed", colour: "var(--bad)", values: failed },
          ...(only === "failed" ? [] : [{ name: "not failed", colour: "var(--series-8)", values: ok }]),
        ]}
        summary={summaryOf(data, buckets, only ? failed.map(() => 0) : ok, failed, left)}
        onRange={(from, to) => onRange(new Date(from).toISOString(), new Date(to).toISOString())}
        height={height}
        stale={isPlaceholderData}
      />
    </div>
  );
});

const height = 84;

function bars(data: StatsSeries) {
  const first = Date.parse(data.from);
  const long = data.bucket * 1000;
  const count = Math.max(1, Math.ceil((Date.parse(data.to) - first) / long));
  const buckets = Array.from({ length: count }, (_, i) => first + i * long);
  const ok = new Array<number>(count).fill(0);
  const failed = new Array<number>(count).fill(0);
  for (const { start, calls, failures } of data.groups[0]?.points ?? []) {
    const at = Math.floor((Date.parse(start) - first) / long);
    if (at < 0 || at >= count) continue;
    failed[at] = failures;
    ok[at] = calls - failures;
  }
  return { buckets, ok, failed };
}

function summaryOf({ total }: StatsSeries, buckets: number[], ok: number[], failed: number[], left: string[]): string {
  const sums = buckets.map((_, i) => (ok[i] ?? 0) + (failed[i] ?? 0));
  const most = sums.indexOf(Math.max(...sums));
  const when = total.calls > 0 ? `, most at ${minute(new Date(buckets[most] ?? 0)).slice(5)}` : "";
  const wider = left.length > 0 ? ` The graph does not narrow by ${left.join(", ")}.` : "";
  const all = sums.reduce((a, b) => a + b, 0);
  return `${plural(all, "Log")}, ${exact(total.failures)} failed${when}.${wider}`;
}
