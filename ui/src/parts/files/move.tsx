import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { directoriesQuery, type Item, move } from "../../api/queries/files";
import { Button } from "../../kit/button";
import { Suggest } from "../../kit/combobox";
import { Dialog } from "../../kit/dialog";
import { Field, Text } from "../../kit/field";
import { plural } from "../../lib/format";
import { AsCall } from "../ascall";
import { FaultOfError } from "../fault";
import { directoryOf, joined, nameOf, trimmed } from "./paths";
import { useEach } from "./useEach";
import "./files.css";

interface Props {
  items: readonly Item[];
  /** Asks for a new name instead of a directory. Only of one item. */
  rename?: boolean;
  onClose: () => void;
}

/** Moves Files and directories, or renames one, after it has shown the new paths as the server would make them. */
export function MoveDialog({ items, rename, onClose }: Props) {
  const first = items[0];
  const title = `${rename ? "Rename" : "Move"} ${items.length === 1 ? first?.path : plural(items.length, "item")}`;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      {first && <Form items={items} rename={rename} first={first} onClose={onClose} />}
    </Dialog>
  );
}

const shown = 20; // new paths that are asked for and listed

function Form({ items, rename, first, onClose }: Props & { first: Item }) {
  const [to, setTo] = useState(rename ? nameOf(first.path) : directoryOf(first.path));
  const target = (item: Item, said = to) =>
    rename ? joined(directoryOf(item.path), trimmed(said)) : joined(said, nameOf(item.path));
  const said = useDeferredValue(to);
  const moving = items.filter((item) => target(item, said) !== item.path);
  const preview = useQuery({
    queryKey: ["move", moving.map(({ id }) => id), said],
    queryFn: () => Promise.all(moving.slice(0, shown).map((item) => move(item, target(item, said), true))),
    enabled: moving.length > 0 && (!rename || trimmed(said) !== ""),
    retry: false,
    gcTime: 0,
  });
  const each = useEach(moving, (item) => move(item, target(item)));
  const ready = moving.length > 0 && preview.isSuccess && said === to;
  return (
    <form
      className="files-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !each.busy) each.run().then(onClose, () => undefined);
      }}
    >
      {rename ? (
        <Field label="Name">
          <Text value={to} onChange={setTo} mono autoFocus />
        </Field>
      ) : (
        <Target value={to} onChange={setTo} />
      )}
      <NewPaths items={moving} to={preview.data} />
      {ready && <AsCall of={() => Promise.all(moving.slice(0, shown).map((item) => move(item, target(item))))} />}
      {preview.error && moving.length > 0 && <FaultOfError error={preview.error} small />}
      {each.error !== undefined && <FaultOfError error={each.error} small />}
      {each.error !== undefined && each.done > 0 && <p className="dim">{plural(each.done, "item")} moved before.</p>}
      <div className="files-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={each.busy} disabled={!ready}>
          {rename ? "Rename" : items.length === 1 ? "Move" : `Move ${plural(moving.length, "item")}`}
        </Button>
      </div>
    </form>
  );
}

function Target({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data = [] } = useQuery(directoriesQuery);
  const options = data.filter(({ path }) => path).map(({ path }) => ({ value: path, label: path }));
  return (
    <Field label="Directory" hint="Empty is the top. A directory that does not exist is made.">
      <Suggest value={value} onChange={onChange} options={options} mono />
    </Field>
  );
}

function NewPaths({ items, to }: { items: readonly Item[]; to: readonly string[] | undefined }) {
  if (items.length === 0) return <p className="dim">Nothing moves yet.</p>;
  return (
    <ul className="files-moves" aria-label="New paths">
      {items.slice(0, shown).map((item, i) => (
        <li key={item.id}>
          <span className="dim">{item.path}</span> <span aria-hidden="true">→</span>
          <span className="unseen">to</span> <strong>{to?.[i] ?? "…"}</strong>
          {item.kind === "directory" && <span className="dim"> and all in it</span>}
        </li>
      ))}
      {items.length > shown && <li className="dim">and {items.length - shown} more</li>}
    </ul>
  );
}
