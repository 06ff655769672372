import { useState } from "react";
import { duplicate, type Item, type TreeFile } from "../../api/queries/files";
import { Button } from "../../kit/button";
import { Dialog } from "../../kit/dialog";
import { Field, Text } from "../../kit/field";
import { AsCall } from "../ascall";
import { FaultOfError } from "../fault";
import { trimmed } from "./paths";
import { useEach } from "./useEach";
import "./files.css";

interface Props {
  item: Item;
  onClose: () => void;
  onDone: (made: TreeFile) => void;
}

/** Copies the newest version of a File to another path. */
export function DuplicateDialog({ item, onClose, onDone }: Props) {
  const [path, setPath] = useState(`${item.path}-copy`);
  const each = useEach([item], async ({ id }) => onDone(await duplicate(id, trimmed(path))));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Duplicate ${item.path}`}
      text="The copy has the newest version. It has no Logs, and is deployed to the default environment as every first version is."
    >
      <form
        className="files-form"
        onSubmit={(event) => {
          event.preventDefault();
          each.run().then(onClose, () => undefined);
        }}
      >
        <Field label="Path of the copy">
          <Text value={path} onChange={setPath} mono autoFocus />
        </Field>
        {trimmed(path) && <AsCall of={() => duplicate(item.id, trimmed(path))} />}
        {each.error !== undefined && <FaultOfError error={each.error} small />}
        <div className="files-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={each.busy} disabled={!trimmed(path)}>
            Duplicate
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
