import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { logQuery } from "../../api/queries/log";
import { datapointQuery, datasetsQuery, lastLogsQuery } from "../../api/queries/prompts";
import { Button } from "../../kit/button";
import { Combobox } from "../../kit/combobox";
import { Field, Text } from "../../kit/field";
import { Popover } from "../../kit/popover";
import { toast } from "../../kit/toast";
import { short } from "../../lib/clock";
import { FaultOfError } from "../../parts/fault";
import type { Draft } from "./draft";
import { type Place, Rows } from "./rows";
import { givenTo } from "./start";

type Given = Pick<Draft, "inputs" | "messages" | "toolChoice">;

interface Props {
  file: string;
  given: Given;
  onGive: (given: Given) => void;
}

/** Takes inputs and messages from a Log or from a row of a Dataset. What they replace can be taken back. */
export function GivenFrom({ file, given, onGive }: Props) {
  const [place, setPlace] = useState<Place>();
  const queries = useQueryClient();
  const replace = (next: Given, what: string) => {
    const { inputs, messages, toolChoice } = given;
    const undo = () => onGive({ inputs, messages, toolChoice });
    if (Object.keys(inputs).length > 0 || messages.length > 0)
      toast({ title: `Inputs of ${what}`, action: { label: "Undo", onSelect: undo } });
    onGive(next);
  };
  const go = async (next: Place, first = false) => {
    const { row } = await queries.ensureQueryData(datapointQuery(next.dataset, next.at));
    if (!row) return;
    setPlace(next);
    const taken = { inputs: row.inputs, messages: row.messages ?? [] } as Given;
    if (first) replace(taken, next.path);
    else onGive(taken);
  };
  return (
    <>
      {place && <Rows place={place} onGo={go} onClose={() => setPlace(undefined)} />}
      <Popover
        title="Inputs and messages from"
        align="end"
        trigger={
          <Button small kind="quiet">
            From…
          </Button>
        }
      >
        {(close) => (
          <div className="prompt-compare">
            <FromLog
              file={file}
              onTake={(taken) => {
                close();
                setPlace(undefined);
                replace(taken, "a Log");
              }}
            />
            <FromDataset
              onTake={(dataset, path) => {
                close();
                void go({ dataset, path, at: 0 }, true);
              }}
            />
          </div>
        )}
      </Popover>
    </>
  );
}

function FromLog({ file, onTake }: { file: string; onTake: (given: Given) => void }) {
  const { data: last = [] } = useQuery(lastLogsQuery(file));
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const [error, setError] = useState<unknown>();
  const take = async (log: string) => {
    setError(undefined);
    try {
      onTake(givenTo(await queries.fetchQuery(logQuery(log))));
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim()) void take(id.trim());
        }}
      >
        <Field label="Log" hint="Paste an id and press Enter, or choose one of the last ten.">
          <Text mono value={id} onChange={setId} placeholder="log_…" />
        </Field>
      </form>
      {error !== undefined && <FaultOfError error={error} small />}
      {last.length > 0 && (
        <ul className="prompt-logs" aria-label="The last Logs of this Prompt">
          {last.map((row) => (
            <li key={row.id}>
              <button type="button" className="prompt-history-open" onClick={() => void take(row.id)}>
                <time dateTime={row.created_at}>{short(new Date(row.created_at))}</time>
                <span className="cut">{row.input}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function FromDataset({ onTake }: { onTake: (id: string, path: string) => void }) {
  const { data = [] } = useQuery(datasetsQuery);
  return (
    <Field label="Or a Dataset" hint="Begins with its first row; [ and ] go through them.">
      <Combobox
        value={undefined}
        onChange={(id) => onTake(id, data.find((one) => one.id === id)?.path ?? id)}
        options={data.map((one) => ({ value: one.id, label: one.path, end: `${one.datapoints_count}` }))}
        placeholder="Find a Dataset"
        none="There is no such Dataset."
      />
    </Field>
  );
}
