import { useState } from "react";
import type { LogRow } from "../../api/queries/logs";
import { Button } from "../../kit/button";
import { Menu } from "../../kit/menu";
import { plural } from "../../lib/format";
import { FaultOfError } from "../../parts/fault";
import type { Asked } from "./actions";
import { exportLogs, type Format } from "./export";

interface Props {
  selected: ReadonlySet<string>;
  rows: readonly LogRow[];
  clear: () => void;
  ask: (asked: Asked) => void;
  /** Why the person may not change anything, if so. */
  why: string | undefined;
}

/** What can be done with the selected Logs. */
export function Selection({ selected, rows, clear, ask, why }: Props) {
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<unknown>();
  const chosen = () => rows.filter(({ id }) => selected.has(id));
  const save = async (format: Format) => {
    setError(undefined);
    setDone(0);
    try {
      await exportLogs([...selected], format, setDone);
    } catch (cause) {
      setError(cause);
    } finally {
      setDone(undefined);
    }
  };
  return (
    <div className="logs-selection" role="toolbar" aria-label="Selected Logs">
      <span role="status">{`${plural(selected.size, "Log")} selected`}</span>
      <Menu
        trigger={
          <Button small busy={done !== undefined}>
            {done === undefined ? "Export" : `Exporting ${done} of ${selected.size}`}
          </Button>
        }
        entries={[
          { label: "As JSONL", hint: "whole Logs, one a line", onSelect: () => void save("jsonl") },
          { label: "As CSV", hint: "what was said, and figures", onSelect: () => void save("csv") },
        ]}
      />
      <Button small why={why} onClick={() => ask({ dialog: "dataset", logs: chosen() })}>
        Add to a Dataset
      </Button>
      <Button small why={why} onClick={() => ask({ dialog: "delete", logs: chosen() })}>
        Delete
      </Button>
      <Button small kind="quiet" keys="esc" onClick={clear}>
        Clear
      </Button>
      {error !== undefined && <FaultOfError error={error} small />}
    </div>
  );
}
