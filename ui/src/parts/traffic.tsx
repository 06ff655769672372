// Calls over time, those that failed apart.
import type { StatsSeries } from "../api/queries/stats";
import { Series, type SeriesMark } from "../kit/series";
import { minute } from "../lib/clock";
import { plural } from "../lib/format";
import { type Bars, barsOf } from "./traffic-model";

interface Props {
  data: StatsSeries;
  /** Names the chart. */
  label?: string;
  marks?: readonly SeriesMark[];
  /** A range was chosen, in RFC 3339. */
  onRange?: (from: string, to: string) => void;
  height?: number;
  stale?: boolean;
}

export function Traffic({ data, label = "Calls", marks, onRange, height = 140, stale }: Props) {
  const bars = barsOf(data);
  const lines = [
    { name: "failed", colour: "var(--bad)", values: bars.failed },
    { name: "good", colour: "var(--series-1)", values: bars.good },
  ];
  return (
    <Series
      label={label}
      buckets={bars.buckets}
      bucket={data.bucket * 1000}
      series={lines.filter(({ name, values }) => name === "failed" || values.some((value) => value > 0))}
      summary={summary(data, bars)}
      marks={marks}
      onRange={onRange && ((from, to) => onRange(new Date(from).toISOString(), new Date(to).toISOString()))}
      height={height}
      stale={stale}
    />
  );
}

function summary({ total }: StatsSeries, { buckets, good, failed }: Bars): string {
  if (total.calls === 0) return "No calls in this range";
  const sums = buckets.map((_, i) => (good[i] ?? 0) + (failed[i] ?? 0));
  const most = buckets[sums.indexOf(Math.max(...sums))] ?? 0;
  const share = total.failures === total.calls ? "all failed" : `${plural(total.failures, "failed", "failed")}`;
  return `${plural(total.calls, "call")}, ${share}, most at ${minute(new Date(most)).slice(5)}`;
}
