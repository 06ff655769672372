import ChartColumn from "lucide-react/icons/chart-column";
import Table2 from "lucide-react/icons/table-2";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { minute } from "../lib/clock";
import { exact } from "../lib/format";
import { IconButton } from "./button";
import { useZone } from "./now";
import { placeAt, sums } from "./scale";
import { Plot } from "./series-plot";
import { useWidth } from "./size";
import "./series.css";

export interface SeriesLine {
  name: string;
  /** A token: "var(--bad)". The first stands at the bottom. */
  colour: string;
  /** A value for each bucket. */
  values: readonly number[];
}

export interface SeriesMark {
  /** In ms since 1970. */
  at: number;
  label: string;
}

export interface SeriesProps {
  /** Names the chart: "Calls". */
  label: string;
  /** The beginnings of buckets of equal length, in ms since 1970. */
  buckets: readonly number[];
  /** The length of a bucket in ms. */
  bucket: number;
  series: readonly SeriesLine[];
  /** What it says in a sentence: "12,431 calls, 312 failed, most at 14:05." */
  summary: string;
  marks?: readonly SeriesMark[];
  /** A range was chosen by dragging, or with Shift, arrows and Enter; in ms. */
  onRange?: (from: number, to: number) => void;
  format?: (value: number) => string;
  height?: number;
  /** Older figures stay while newer ones are fetched. */
  stale?: boolean;
}

/** Values over time as bars that stand on each other. ← and → read bucket by bucket, Shift with them chooses a range, Enter takes it. */
export function Series(props: SeriesProps) {
  const { label, buckets, bucket, series, summary, onRange, format = exact, height = 120, stale } = props;
  const zone = useZone();
  const [place, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number>();
  const [from, setFrom] = useState<number>(); // where a range began
  const [table, setTable] = useState(false);
  const count = buckets.length;
  const totals = sums(series, count);

  const take = (a: number, b: number) => {
    const begin = buckets[Math.min(a, b)];
    const last = buckets[Math.max(a, b)];
    setFrom(undefined);
    if (begin !== undefined && last !== undefined) onRange?.(begin, last + bucket);
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const now = at ?? count;
    if (by) {
      if (event.shiftKey && from === undefined && at !== undefined) setFrom(at);
      if (!event.shiftKey) setFrom(undefined);
      setAt(Math.min(count - 1, Math.max(0, now + by)));
    } else if (event.key === "Home") setAt(0);
    else if (event.key === "End") setAt(count - 1);
    else if (event.key === "Enter" && at !== undefined && onRange) take(from ?? at, at);
    else if (event.key === "Escape" && from !== undefined) setFrom(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const under = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return placeAt(event.clientX - box.left, box.width, count);
  };
  const said = at !== undefined && buckets[at] !== undefined ? { at, time: minute(new Date(buckets[at])) } : undefined;
  return (
    <figure className="series" aria-busy={stale || undefined}>
      <figcaption className="series-head">
        <span className="series-keys" aria-hidden="true">
          {series.map(({ name, colour, values }) => (
            <span key={name}>
              <i style={{ background: colour }} /> {name}
              {said && <b> {format(values[said.at] ?? 0)}</b>}
            </span>
          ))}
        </span>
        <span className="series-said">{said ? `${said.time} ${zone}` : summary}</span>
        <IconButton small label={table ? "Show as chart" : "Show as table"} onClick={() => setTable(!table)}>
          {table ? <ChartColumn size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
        </IconButton>
      </figcaption>
      {table ? (
        <Figures {...props} format={format} zone={zone} />
      ) : (
        <div
          ref={place}
          className="series-plot"
          role="application"
          aria-roledescription="chart"
          aria-label={`${label}: ${summary}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows read and choose.
          tabIndex={0}
          style={{ height }}
          data-range={onRange ? "" : undefined}
          onKeyDown={press}
          onBlur={() => setAt(undefined)}
          onPointerLeave={() => from === undefined && setAt(undefined)}
          onPointerMove={(event) => setAt(under(event))}
          onPointerDown={(event) => {
            if (!onRange || event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setFrom(under(event));
          }}
          onPointerUp={(event) => from !== undefined && take(from, under(event))}
          onPointerCancel={() => setFrom(undefined)}
        >
          {width > 0 && (
            <Plot {...props} width={width} height={height} totals={totals} at={at} from={from} format={format} />
          )}
        </div>
      )}
      <span className="unseen" aria-live="polite">
        {said &&
          `${said.time}: ${series.map(({ name, values }) => `${name} ${format(values[said.at] ?? 0)}`).join(", ")}`}
      </span>
    </figure>
  );
}

function Figures({
  label,
  buckets,
  series,
  format,
  zone,
}: SeriesProps & { format: (value: number) => string; zone: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className="series-table" tabIndex={0}>
      <table>
        <caption className="unseen">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Time ({zone})</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((begin, i) => (
            <tr key={begin}>
              <th scope="row">{minute(new Date(begin))}</th>
              {series.map(({ name, values }) => (
                <td key={name}>{format(values[i] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
