import { useQuery } from "@tanstack/react-query";
import type { LogRow } from "../../api/queries/logs";
import { forbidden, me } from "../../api/queries/me";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { exact, plural } from "../../lib/format";
import { later } from "../../lib/later";
import { FaultOfError } from "../../parts/fault";
import type { Asked } from "./actions";
import type { Rows } from "./useRows";
import type { Live } from "./useTail";

const Selection = later(() => import("./selection").then((part) => part.Selection));

interface Props {
  selected: ReadonlySet<string>;
  rows: readonly LogRow[] | undefined;
  clear: () => void;
  ask: (asked: Asked) => void;
  list: Omit<Rows, "rows">;
  tail: Live;
}

/** What stands above the rows when there is something to say or to do: a failure, or a selection. */
export function Notices({ selected, rows, clear, ask, list, tail }: Props) {
  const { data: who } = useQuery(me);
  const { failure } = tail;
  return (
    <>
      {selected.size > 0 && (
        <Selection
          selected={selected}
          rows={rows ?? []}
          clear={clear}
          ask={ask}
          why={forbidden(who?.role, "developer")}
        />
      )}
      {list.error && <FaultOfError error={list.error} onRetry={list.renew} retry="Ask again" />}
      {failure && (
        <Banner kind="warn">{`New Logs do not come: ${failure.detail.message} It is tried again every two seconds.`}</Banner>
      )}
    </>
  );
}

/** How many came while one read; pressing it shows them. */
export function Gathered({ gathered, skipped, flow, toTop }: Live & { toTop: () => void }) {
  return (
    <Button
      small
      kind="main"
      onClick={() => {
        flow();
        toTop();
      }}
    >
      {`${exact(gathered.length)} new${skipped > 0 ? `, ${plural(skipped, "other")} left out` : ""}`}
    </Button>
  );
}
