// The keys of the list. Those of a Log are in actions.ts.
import type { RefObject } from "react";
import type { LogRow } from "../../api/queries/logs";
import type { TableHandle } from "../../kit/table";
import { useKeys } from "../../lib/keys";

interface List {
  table: RefObject<TableHandle | null>;
  /** The row that keys act on. */
  row: LogRow | undefined;
  show: (row: LogRow) => void;
  turnLive: () => void;
  renew: () => void;
  /** Closes what is open, else clears the selection; false if there is neither. */
  leave: () => false | undefined;
}

export function useListKeys({ table, row, show, turnLive, renew, leave }: List): void {
  useKeys("Logs", [
    { keys: "j | ArrowDown", does: "Next Log", run: () => step(table.current, 1), quiet: true },
    { keys: "k | ArrowUp", does: "Previous Log", run: () => step(table.current, -1), quiet: true },
    { keys: "Enter | o", does: "Open the Log", run: () => (row ? show(row) : false), quiet: true },
    { keys: "l", does: "Show Logs as they come, or stop", run: turnLive },
    { keys: "r", does: "Fetch the Logs anew", run: renew },
    { keys: "Escape", does: "Close the Log, then clear the selection", run: leave, quiet: true },
  ]);
}

// step moves the cursor of the table by keys that were pressed elsewhere, and gives it the focus unless something of the drawer has it.
function step(table: TableHandle | null, by: number): void {
  if (document.activeElement === document.body) table?.focus();
  table?.move(by);
}
