import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StatsEntry } from "../../api/queries/stats";
import { Bars } from "../../kit/bars";
import { Latency, Money } from "../../kit/figures";
import { plural } from "../../lib/format";
import type { Range } from "../../lib/range";
import { dearest } from "./model";
import { often } from "./often";
import { costsQuery, latenciesQuery, most } from "./queries";
import { Tile } from "./tile";

/** The Files whose calls take longest. */
export function Slowest({ range }: { range: Range }) {
  const query = useQuery({ ...latenciesQuery(range), ...often });
  return (
    <Tile title="Slowest Files" aside={<span className="dim">95 % of calls are faster</span>} query={query} lines={6}>
      {({ values }) => (
        <List
          entries={values.filter(({ timed }) => timed > 0)}
          range={range}
          value={({ latency_p95 }) => latency_p95 ?? 0}
          said={(value) => <Latency value={value} />}
          none="No call in this range has a known latency."
        />
      )}
    </Tile>
  );
}

/** The Files whose calls cost most, each. */
export function Dearest({ range }: { range: Range }) {
  const query = useQuery({ ...costsQuery(range, "file"), ...often });
  return (
    <Tile title="Dearest Files" aside={<span className="dim">cost of a call</span>} query={query} lines={6}>
      {({ values }) => (
        <List
          entries={dearest(values, most)}
          range={range}
          value={({ cost, calls }) => cost / calls}
          said={(value) => <Money value={value} />}
          none="No call in this range had a known cost above zero."
        />
      )}
    </Tile>
  );
}

interface ListProps {
  entries: StatsEntry[];
  range: Range;
  value: (entry: StatsEntry) => number;
  said: (value: number) => ReactNode;
  none: string;
}

function List({ entries, range, value, said, none }: ListProps) {
  if (entries.length === 0) return <p className="dim">{none}</p>;
  return (
    <Bars
      label="Files"
      bars={entries.map((entry) => ({
        id: entry.value,
        label: (
          <Link to="/logs" search={{ ...range, file: [entry.value] }}>
            {entry.file?.path ?? entry.value}
          </Link>
        ),
        value: value(entry),
        said: (
          <>
            {said(value(entry))} <span className="dim">· {plural(entry.calls, "call")}</span>
          </>
        ),
        colour: "var(--series-3)",
      }))}
    />
  );
}
