import { useQueryClient } from "@tanstack/react-query";
import Radio from "lucide-react/icons/radio";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { memo, useCallback } from "react";
import type { LogFilter } from "../../api/queries/logs";
import { Button, IconButton } from "../../kit/button";
import { Chips, type Filter } from "../../kit/chips";
import { Columns } from "../../kit/columns";
import { count, exact, plural } from "../../lib/format";
import { kindOfId } from "../../lib/ids";
import type { Address } from "./address";
import { columnNames } from "./columns";
import { complete } from "./complete";
import { filterNames } from "./filters";

interface Props {
  chips: readonly Filter[];
  setChips: (chips: readonly Filter[]) => void;
  text: string | undefined;
  filter: LogFilter;
  columns: readonly { id: string }[];
  setColumns: (columns: string[] | undefined) => void;
  change: (part: Address, replace?: boolean) => void;
  live: boolean;
  /** What is there: rows that are loaded, and all that match. */
  loaded: number | undefined;
  total: number;
  totalExact: boolean;
  /** New Logs that were too many to be shown as they came. Said here, where saying it moves no row. */
  skipped: number;
  busy: boolean;
  renew: () => void;
  narrow: boolean;
}

/** Filters, how many Logs match, and how they are shown. */
export const Bar = memo(function Bar(props: Props) {
  const { chips, setChips, text, filter, columns, setColumns, change, live, busy, renew, narrow } = props;
  const queries = useQueryClient();
  const onText = useCallback(
    (said: string) => {
      const kind = kindOfId(said);
      if (kind === "Log") change({ log: said.trim() });
      else if (kind === "request") setChips([{ name: "request", value: said.trim() }]);
      else change({ q: said || undefined });
    },
    [change, setChips],
  );
  return (
    <div className="logs-bar">
      <div className="logs-filters">
        <Chips
          label="Filter Logs"
          filters={chips}
          onChange={setChips}
          names={filterNames}
          complete={(name, typed) => complete(queries, filter, name, typed)}
          text={text}
          onText={onText}
          placeholder="Filter as model:gpt-5, search words, or paste an id"
        />
      </div>
      <div className="logs-tools">
        <Total {...props} />
        <Button
          kind="quiet"
          aria-pressed={live}
          className="logs-live"
          icon={<Radio size={14} aria-hidden />}
          onClick={() => change({ live: live ? undefined : true }, true)}
        >
          Live
        </Button>
        <IconButton label="Fetch anew" keys="r" busy={busy && props.loaded !== undefined && !live} onClick={renew}>
          <RefreshCw size={16} aria-hidden />
        </IconButton>
        {!narrow && <Columns all={columnNames} shown={columns.map(({ id }) => id)} onChange={setColumns} />}
      </div>
    </div>
  );
});

function Total({ loaded, total, totalExact, skipped }: Props) {
  if (loaded === undefined) return <span className="logs-total dim" />;
  return (
    <span className="logs-total dim" role="status" title={`${exact(total)} match, ${exact(loaded)} loaded`}>
      {totalExact ? (total < 10_000 ? plural(total, "Log") : `${count(total)} Logs`) : `at least ${count(total)} Logs`}
      {skipped > 0 && `, ${count(skipped)} new left out`}
    </span>
  );
}
