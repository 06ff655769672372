import { minute } from "../lib/clock";
import { ticks } from "./scale";
import type { SeriesProps } from "./series";

interface Props extends SeriesProps {
  width: number;
  height: number;
  /** The sum of each bucket. */
  totals: readonly number[];
  /** The bucket under the cursor, and the one where a range began. */
  at: number | undefined;
  from: number | undefined;
  format: (value: number) => string;
}

const axis = 18; // px below the bars
const head = 14; // px above them, for marks

/** The drawing of Series. */
export function Plot({ buckets, bucket, series, marks = [], width, height, totals, at, from, format }: Props) {
  const count = Math.max(1, buckets.length);
  const wide = width / count;
  const ground = height - axis;
  const most = Math.max(1, ...totals);
  const y = (value: number) => ground - (value / most) * (ground - head);
  const first = buckets[0] ?? 0;
  const x = (time: number) => ((time - first) / (bucket * count)) * width;
  const labels = Math.max(1, Math.floor(width / 130));
  const every = Math.ceil(count / labels);
  const long = bucket * count > 86_400_000;
  const low = Math.min(at ?? 0, from ?? 0);
  const gap = wide > 4 ? 1 : 0;
  const rules = ticks(most, 3).slice(1);
  return (
    <svg width={width} height={height} aria-hidden="true">
      {rules.map((value) => (
        <line key={value} className="series-rule" x1={0} x2={width} y1={y(value)} y2={y(value)} />
      ))}
      {at !== undefined && from === undefined && (
        <rect className="series-cursor" x={at * wide} y={0} width={wide} height={ground} />
      )}
      {at !== undefined && from !== undefined && (
        <rect className="series-chosen" x={low * wide} y={0} width={(Math.abs(at - from) + 1) * wide} height={ground} />
      )}
      {buckets.map((begin, i) => {
        let below = 0;
        return series.map(({ name, colour, values }) => {
          const value = values[i] ?? 0;
          if (value <= 0) return null;
          const top = y(below + value);
          const tall = Math.max(1, y(below) - top);
          below += value;
          return (
            <rect
              key={`${begin} ${name}`}
              x={i * wide}
              y={Math.min(top, ground - 1)}
              width={Math.max(1, wide - gap)}
              height={tall}
              style={{ fill: colour }}
            />
          );
        });
      })}
      {rules.map((value) => (
        <text key={value} className="series-text" x={2} y={y(value) - 3}>
          {format(value)}
        </text>
      ))}
      <line className="series-ground" x1={0} x2={width} y1={ground + 0.5} y2={ground + 0.5} />
      {buckets.map((begin, i) =>
        i % every === 0 && i * wide < width - 40 ? (
          <text key={begin} className="series-text" x={i * wide} y={height - 4}>
            {long ? minute(new Date(begin)).slice(5) : minute(new Date(begin)).slice(11)}
          </text>
        ) : null,
      )}
      {marks.map(({ at: time, label }) => (
        <g key={`${time} ${label}`} className="series-mark">
          <title>{label}</title>
          <line x1={x(time)} x2={x(time)} y1={6} y2={ground} />
          <path d={`M${x(time) - 4} 1h8l-4 7z`} />
        </g>
      ))}
    </svg>
  );
}
