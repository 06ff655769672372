// The columns of Logs: what each shows, and the filters that its value stands for.
import type { LogRow } from "../../api/queries/logs";
import type { Filter } from "../../kit/chips";
import { Latency, Money, Time, Tokens } from "../../kit/figures";
import { KindIcon, Status, Version } from "../../kit/marks";
import type { Column } from "../../kit/table";
import { zone, zoneShort } from "../../lib/clock";
import { unknown } from "../../lib/format";
import { Judged, judgedText } from "./judged";

/** A column, and what of a row it stands for. */
export interface LogColumn extends Column<LogRow> {
  /** The filters of its value: the menu adds or excludes each. */
  filters?: (row: LogRow) => Filter[];
  /** What is copied. */
  text: (row: LogRow) => string;
}

const none = <span className="dim">{unknown}</span>;
const one = (name: string, value: string | undefined): Filter[] => (value ? [{ name, value }] : []);
const plain = (value: string | undefined) => (value ? <span className="cut">{value}</span> : none);
const code = (value: string | undefined) => (value ? <span className="cut mono">{value}</span> : none);
const figure = (value: number | undefined) => (value === undefined ? "" : String(value));
const seconds = (value: number | undefined): Filter[] =>
  value === undefined ? [] : [{ name: "latency", value: `>=${Number(value.toPrecision(2))}s` }];
const tokens = ({ prompt_tokens: input, output_tokens: output }: LogRow) =>
  input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
const environment = (row: LogRow) => row.deployed_environment ?? row.environment;

const states = { ok: "good", failed: "bad", incomplete: "running" } as const;

/** How a Log went: its reason if it failed, and why the model stopped if that was not the end. */
export function StatusOf({ row }: { row: Pick<LogRow, "status" | "error_reason" | "finish_reason"> }) {
  const cut = row.status === "ok" && (row.finish_reason === "length" || row.finish_reason === "content_filter");
  const said = row.error_reason ?? (cut ? row.finish_reason : row.status);
  return <Status state={cut ? "warn" : states[row.status]}>{said}</Status>;
}

const all: readonly LogColumn[] = [
  {
    id: "time",
    name: "Time",
    width: 112,
    sortable: true,
    cell: (row) => <Time at={row.created_at} as="short" />,
    text: (row) => row.created_at,
  },
  {
    id: "status",
    name: "Status",
    width: 148,
    cell: (row) => <StatusOf row={row} />,
    filters: (row) => [
      ...one("reason", row.error_reason),
      ...one("origin", row.fault),
      { name: "status", value: row.status },
      ...one("finish", row.finish_reason),
    ],
    text: (row) => row.error_reason ?? row.status,
  },
  {
    id: "file",
    name: "File",
    width: 150,
    grow: 2,
    cell: (row) => (
      <>
        <KindIcon kind={row.type} size={14} />
        <span className="cut" title={row.file.path}>
          {row.file.path}
        </span>
      </>
    ),
    filters: (row) => [...one("path", row.file.path), { name: "type", value: row.type }],
    text: (row) => row.file.path,
  },
  {
    id: "version",
    name: "Version",
    width: 136,
    cell: (row) => <Version id={row.version.id} name={row.version.name} differs={row.differs_from_deployed} />,
    filters: (row) => one("version", row.version.id),
    text: (row) => row.version.id,
  },
  {
    id: "model",
    name: "Model",
    width: 124,
    cell: (row) => plain(row.model),
    filters: (row) => [...one("model", row.model), ...one("provider", row.provider)],
    text: (row) => row.model ?? "",
  },
  {
    id: "input",
    name: "Input",
    width: 120,
    grow: 4,
    cell: (row) => plain(row.input),
    text: (row) => row.input ?? "",
  },
  {
    id: "output",
    name: "Output",
    width: 120,
    grow: 5,
    cell: (row) => (row.output ? plain(row.output) : row.error ? <span className="cut dim">{row.error}</span> : none),
    text: (row) => row.output ?? "",
  },
  {
    id: "tokens",
    name: "Tokens",
    width: 68,
    align: "end",
    sortable: true,
    cell: (row) => (
      <Tokens
        value={tokens(row)}
        kinds={{
          input: row.prompt_tokens,
          cached: row.cached_tokens,
          output: row.output_tokens,
          reasoning: row.reasoning_tokens,
        }}
      />
    ),
    filters: (row) => one("tokens", tokens(row) === undefined ? undefined : `>=${tokens(row)}`),
    text: (row) => figure(tokens(row)),
  },
  {
    id: "cost",
    name: "Cost",
    width: 78,
    align: "end",
    sortable: true,
    cell: (row) => <Money value={row.cost} />,
    filters: (row) => one("cost", row.cost ? `>=${Number(row.cost.toPrecision(2))}` : undefined),
    text: (row) => figure(row.cost),
  },
  {
    id: "first",
    name: "First token",
    width: 92,
    align: "end",
    cell: (row) => <Latency value={row.time_to_first_token} />,
    text: (row) => figure(row.time_to_first_token),
  },
  {
    id: "latency",
    name: "Latency",
    width: 76,
    align: "end",
    sortable: true,
    cell: (row) => <Latency value={row.latency} />,
    filters: (row) => seconds(row.latency),
    text: (row) => figure(row.latency),
  },
  {
    id: "judgments",
    name: "Judgments",
    width: 130,
    cell: (row) => (row.judgments?.length ? <Judged judgments={row.judgments} /> : none),
    filters: (row) =>
      (row.judgments ?? []).flatMap(({ path, judgment }) =>
        judgment === undefined || Array.isArray(judgment) ? [] : [{ name: `judged.${path}`, value: String(judgment) }],
      ),
    text: (row) => (row.judgments ?? []).map(judgedText).join("; "),
  },
  {
    id: "user",
    name: "User",
    width: 96,
    cell: (row) => plain(row.user),
    filters: (row) => one("user", row.user),
    text: (row) => row.user ?? "",
  },
  {
    id: "env",
    name: "Environment",
    width: 100,
    cell: (row) => plain(environment(row)),
    filters: (row) => one("env", environment(row)),
    text: (row) => environment(row) ?? "",
  },
  {
    id: "provider",
    name: "Provider",
    width: 96,
    cell: (row) => plain(row.provider),
    filters: (row) => one("provider", row.provider),
    text: (row) => row.provider ?? "",
  },
  {
    id: "key",
    name: "API key",
    width: 110,
    cell: (row) => plain(row.api_key?.name ?? row.api_key?.id),
    filters: (row) => one("key", row.api_key?.id),
    text: (row) => row.api_key?.name ?? "",
  },
  {
    id: "source",
    name: "Source",
    width: 96,
    cell: (row) => plain(row.source),
    filters: (row) => one("source", row.source),
    text: (row) => row.source ?? "",
  },
  {
    id: "request",
    name: "Request id",
    width: 150,
    cell: (row) => code(row.request_id),
    filters: (row) => one("request", row.request_id),
    text: (row) => row.request_id ?? "",
  },
  { id: "id", name: "Id", width: 150, cell: (row) => code(row.id), text: (row) => row.id },
];

export const columnNames = all.map(({ id, name }) => ({ id, name }));
const usual = all.slice(0, 14).map(({ id }) => id);

/** What one sees first of the Logs of all Files, of those of one File, and in a narrow window. */
export const usualColumns = (oneFile: boolean) => usual.filter((id) => !oneFile || id !== "file");

/** The columns of these ids, in this order. Their heads name the zone. */
export function columnsOf(ids: readonly string[]): LogColumn[] {
  return ids.flatMap((id) => {
    const column = all.find((other) => other.id === id);
    if (!column) return [];
    return id === "time"
      ? [{ ...column, head: <span title={`Times in ${zone()}`}>Time ({zoneShort()})</span> }]
      : [column];
  });
}

/** The two lines of a Log in a narrow window. */
export const narrowColumns: LogColumn[] = [
  {
    id: "log",
    name: "Log",
    width: 200,
    grow: 1,
    cell: (row) => (
      <span className="logs-card">
        <span className="logs-card-line">
          <StatusOf row={row} />
          <span className="cut logs-card-file">{row.file.path}</span>
          <Time at={row.created_at} as="short" />
        </span>
        <span className="logs-card-line dim">
          <span className="cut logs-card-file">{row.output ?? row.error ?? row.input ?? unknown}</span>
          <Latency value={row.latency} />
          <Money value={row.cost} />
        </span>
      </span>
    ),
    filters: (row) => [
      { name: "status", value: row.status },
      ...one("reason", row.error_reason),
      ...one("path", row.file.path),
      ...one("model", row.model),
    ],
    text: (row) => row.id,
  },
];
