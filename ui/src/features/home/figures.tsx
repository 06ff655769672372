import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { StatsFigures, StatsSeries } from "../../api/queries/stats";
import { Latency, Money, Tokens } from "../../kit/figures";
import { count, exact, plural, share } from "../../lib/format";
import { type Shift, shiftOf, tokensOf } from "./model";

interface Figure {
  name: string;
  of: (figures: StatsFigures) => number | null;
  said: (value: number | null) => ReactNode;
  /** What more of it is. */
  more?: "good" | "bad";
  /** Stands beside the figure. */
  aside?: (figures: StatsFigures) => ReactNode;
}

const figures: readonly Figure[] = [
  { name: "Calls", of: ({ calls }) => calls, said: (value) => <span title={exact(value)}>{count(value)}</span> },
  {
    name: "Failures",
    of: ({ failures }) => failures,
    said: (value) => <span title={exact(value)}>{count(value)}</span>,
    more: "bad",
    aside: ({ failures, calls }) => calls > 0 && share(failures / calls),
  },
  {
    name: "Cost",
    of: ({ cost }) => cost,
    said: (value) => <Money value={value} />,
    aside: ({ cost_unknown: n }) => n > 0 && `and ${plural(n, "call")} of unknown cost`,
  },
  { name: "Latency, half below", of: (f) => f.latency_p50, said: (value) => <Latency value={value} />, more: "bad" },
  { name: "Latency, 95 % below", of: (f) => f.latency_p95, said: (value) => <Latency value={value} />, more: "bad" },
  { name: "Tokens", of: tokensOf, said: (value) => <Tokens value={value} /> },
];

/** The figures of the range, each with how it differs from the range before. */
export function Figures({ query }: { query: UseQueryResult<StatsSeries> }) {
  const { data, isPlaceholderData } = query;
  return (
    <dl
      className="figures"
      aria-label="Figures of the range"
      data-stale={isPlaceholderData || undefined}
      aria-busy={!data || undefined}
    >
      {figures.map((figure) => (
        <div key={figure.name} className="figure">
          <dt>{figure.name}</dt>
          <Values figure={figure} data={data} />
        </div>
      ))}
    </dl>
  );
}

function Values({ figure: { of, said, more, aside }, data }: { figure: Figure; data: StatsSeries | undefined }) {
  if (!data) return <dd className="figure-value">&nbsp;</dd>;
  const value = of(data.total);
  return (
    <>
      <dd className="figure-value">
        {said(value)} <span className="figure-aside">{aside?.(data.total)}</span>
      </dd>
      <Change shift={shiftOf(value, of(data.before), more)} before={of(data.before)} said={said} />
    </>
  );
}

interface ChangeProps {
  shift: Shift | undefined;
  before: number | null;
  said: Figure["said"];
}

function Change({ shift, before, said }: ChangeProps) {
  if (!shift) return <dd className="figure-change dim">nothing to compare to</dd>;
  return (
    <dd className="figure-change">
      <span className={shift.news ? `figure-${shift.news}` : "dim"}>
        {shift.sign} {shift.words}
      </span>
      {before !== 0 && shift.sign !== "=" && <span className="dim"> than {said(before)}</span>}
    </dd>
  );
}
