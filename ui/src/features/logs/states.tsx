// What stands instead of rows, or below them when time was short.
import { useQueries } from "@tanstack/react-query";
import { type LogFilter, logCountQuery } from "../../api/queries/logs";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import type { Filter } from "../../kit/chips";
import { Empty } from "../../kit/empty";
import { exact, plural } from "../../lib/format";
import { rangeLabel, ranges } from "../../lib/range";
import { type LogSearch, queryOf, searchOf } from "./filters";

interface NoneProps {
  search: LogSearch;
  file: string | undefined;
  chips: readonly Filter[];
  change: (search: LogSearch) => void;
  setChips: (chips: readonly Filter[]) => void;
}

/** Whether chips are none, or those that one comes to the screen with. */
const isDefault = (chips: readonly Filter[]) =>
  chips.every(({ name, value, not }) => name === "type" && value === "evaluator" && not);

/** No Log matches: what each change would bring. */
export function NoLogs(props: NoneProps) {
  const narrowed = !isDefault(props.chips) || props.search.q !== undefined;
  return narrowed ? <NoMatch {...props} /> : <NoneInRange {...props} />;
}

const wider = [
  ...ranges.map(({ last, label }) => ({ last: last as string, label })),
  { last: "3650d", label: "Ten years" },
];

function NoneInRange({ search, file, change }: NoneProps) {
  const counts = useCounts(wider.map(({ last }) => queryOf({ last, type: search.type }, file)));
  const asked = counts.every((one) => one !== undefined);
  const found = wider.findIndex((_, i) => (counts[i]?.total ?? 0) > 0);
  const first = wider[found];
  if (!asked) return <Empty>{`No Log: ${rangeLabel(search).toLowerCase()}. Looking at wider ranges.`}</Empty>;
  if (!first) return <Empty>There are no Logs yet. They appear here as soon as something is called.</Empty>;
  return (
    <Empty
      action={
        <Button kind="main" onClick={() => change({ last: first.last, from: undefined, to: undefined })}>
          {`Show ${first.label.toLowerCase()}: ${many(counts[found])}`}
        </Button>
      }
    >
      {`No Log: ${rangeLabel(search).toLowerCase()}.`}
    </Empty>
  );
}

function NoMatch({ search, file, chips, change, setChips }: NoneProps) {
  const ways = [
    ...chips.map((chip) => ({
      label: `${chip.not ? "not " : ""}${chip.name}:${chip.value}`,
      without: { ...search, ...searchOf(chips.filter((other) => other !== chip)) },
      remove: () => setChips(chips.filter((other) => other !== chip)),
    })),
    ...(search.q
      ? [{ label: `“${search.q}”`, without: { ...search, q: undefined }, remove: () => change({ q: undefined }) }]
      : []),
  ];
  const counts = useCounts(ways.map(({ without }) => queryOf(without, file)));
  return (
    <Empty
      action={
        <div className="logs-ways">
          {ways.map(({ label, remove }, i) => (
            <Button key={label} onClick={remove}>
              {`Without ${label}: ${counts[i] === undefined ? "…" : many(counts[i])}`}
            </Button>
          ))}
          <Button
            kind="quiet"
            onClick={() => {
              setChips([]);
              change({ q: undefined });
            }}
          >
            Remove all filters
          </Button>
        </div>
      }
    >
      {`No Log matches: ${rangeLabel(search).toLowerCase()}.`}
    </Empty>
  );
}

type Count = { total: number; exact: boolean };

const many = (found: Count | undefined) =>
  `${found?.exact === false ? "at least " : ""}${plural(found?.total ?? 0, "Log")}`;

const useCounts = (filters: LogFilter[]): (Count | undefined)[] =>
  useQueries({ queries: filters.map((filter) => logCountQuery(filter)), combine: dataOf });

const dataOf = (results: { data: Count | undefined }[]) => results.map(({ data }) => data);

/** Time was short: what was looked into, and how to go on. */
export function Short({ lookedInto, of, found, busy, more }: ShortProps) {
  return (
    <Banner
      kind="warn"
      actions={
        <Button small busy={busy} onClick={more}>
          Go on
        </Button>
      }
    >
      {`Looked into ${exact(lookedInto)} of ${exact(of)} Logs; ${plural(found, "match", "matches")} so far.`}
    </Banner>
  );
}

interface ShortProps {
  lookedInto: number;
  of: number;
  found: number;
  busy: boolean;
  more: () => void;
}
