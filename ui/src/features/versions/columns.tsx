import type { StatsFigures as Figures } from "../../api/queries/stats";
import type { VersionRow } from "../../api/queries/versions";
import { Latency, Money, Share, Time } from "../../kit/figures";
import { Env, Version } from "../../kit/marks";
import type { Column } from "../../kit/table";
import { count, exact, unknown } from "../../lib/format";

export interface Row {
  version: VersionRow;
  /** Of the last 30 days; undefined while it is not known. */
  figures: Figures | undefined;
}

/** The columns of versions. `calls` says whether the kind of the File is called. */
export const columnsOf = (calls: boolean): Column<Row>[] => (calls ? [...own, ...figures] : own);

const own: Column<Row>[] = [
  {
    id: "version",
    name: "Version",
    width: 230,
    cell: ({ version: { id, name, deployed, saved } }) => (
      <span className="versions-name">
        <Version id={id} name={name} />
        {deployed.map((there) => (
          <Env key={there.environment_id} name={there.environment} main={there.default} />
        ))}
        {!saved && <span className="dim">by a call</span>}
      </span>
    ),
  },
  {
    id: "description",
    name: "Description",
    width: 140,
    grow: 2,
    cell: ({ version: { description } }) => (
      <span className="cut" title={description}>
        {description}
      </span>
    ),
  },
  {
    id: "changes",
    name: "What differs from the one before",
    head: "Changes",
    width: 180,
    grow: 3,
    cell: ({ version: { changes, previous_id } }) => (
      <span className="cut dim" title={changes}>
        {changes ?? (previous_id ? "" : "the first")}
      </span>
    ),
  },
  {
    id: "saved",
    name: "Saved",
    width: 160,
    cell: ({ version: { created_at, created_by } }) => (
      <span className="cut">
        <Time at={created_at} /> {created_by?.name && <span className="dim">by {created_by.name}</span>}
      </span>
    ),
  },
];

const costOf = ({ cost, calls, cost_unknown }: Figures) =>
  calls > cost_unknown ? cost / (calls - cost_unknown) : null;

const figures: Column<Row>[] = [
  {
    id: "calls",
    name: "Calls in 30 days",
    head: "Calls, 30 d",
    width: 84,
    align: "end",
    cell: ({ figures }) => (figures ? <span title={exact(figures.calls)}>{count(figures.calls)}</span> : unknown),
  },
  {
    id: "failures",
    name: "Failures",
    head: "Failed",
    width: 72,
    align: "end",
    cell: ({ figures }) =>
      figures?.calls ? (
        <span className={figures.failures ? "versions-failed" : undefined}>
          <Share part={figures.failures} of={figures.calls} bare />
        </span>
      ) : (
        unknown
      ),
  },
  {
    id: "cost",
    name: "Cost a call",
    width: 92,
    align: "end",
    cell: ({ figures }) => <Money value={figures && costOf(figures)} />,
  },
  {
    id: "latency",
    name: "Latency, 95th percentile",
    head: "p95",
    width: 80,
    align: "end",
    cell: ({ figures }) => <Latency value={figures?.latency_p95} />,
  },
];
