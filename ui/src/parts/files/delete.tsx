import { useQueries } from "@tanstack/react-query";
import { type Item, remove, type Uses, usesQuery } from "../../api/queries/files";
import { Confirm } from "../../kit/dialog";
import { Env } from "../../kit/marks";
import { plural } from "../../lib/format";
import { AsCall } from "../ascall";
import { FaultOfError } from "../fault";
import { nameOf } from "./paths";
import { useEach } from "./useEach";
import "./files.css";

interface Props {
  items: readonly Item[];
  onClose: () => void;
  /** They are deleted. */
  onDone?: () => unknown;
}

const shown = 20; // Files whose uses are listed

/** Deletes Files and empty directories, after it has said what uses them. */
export function DeleteDialog({ items, onClose, onDone }: Props) {
  const files = items.filter(({ kind }) => kind !== "directory");
  const each = useEach(items, remove, onDone);
  const one = items.length === 1 ? items[0] : undefined;
  const what = one ? one.path : plural(items.length, "item");
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${what}?`}
      verb={one ? (one.kind === "directory" ? "Delete directory" : "Delete File") : `Delete ${what}`}
      danger
      word={files.length > 0 ? (one ? nameOf(one.path) : "delete") : undefined}
      onConfirm={each.run}
      error={each.error !== undefined && <FaultOfError error={each.error} small />}
      more={<AsCall of={() => Promise.all(items.slice(0, shown).map(remove))} />}
    >
      {files.length > 0 ? (
        <UsesOf files={files} live={!each.busy && each.done === 0} />
      ) : (
        <p>Only a directory that is empty can be deleted.</p>
      )}
    </Confirm>
  );
}

/** What uses them; asked for as long as they are live. */
function UsesOf({ files, live }: { files: readonly Item[]; live: boolean }) {
  const found = useQueries({ queries: files.slice(0, shown).map(({ id }) => ({ ...usesQuery(id), enabled: live })) });
  return (
    <div className="files-uses">
      <p>Versions and Logs are deleted too. This cannot be undone.</p>
      <ul>
        {files.slice(0, shown).map((file, i) => (
          <li key={file.id}>
            {files.length > 1 && <strong>{file.path} </strong>}
            {found[i]?.data ? <Used uses={found[i].data} /> : <span className="dim">Looking what uses it…</span>}
          </li>
        ))}
        {files.length > shown && <li className="dim">and {files.length - shown} more</li>}
      </ul>
    </div>
  );
}

function Used({ uses }: { uses: Uses }) {
  const links = [...uses.linked_by.filter(({ current }) => current), ...uses.monitors, ...uses.gates];
  const unused = uses.deployed.length + links.length + uses.evaluations.length === 0;
  return (
    <ul className="files-used">
      <li>
        {plural(uses.versions_count, "version")}, {plural(uses.logs_count, "Log")}
      </li>
      {uses.deployed.length > 0 && (
        <li className="files-warn">
          Deployed to{" "}
          {uses.deployed.map(({ environment_id, environment, default: main }) => (
            <Env key={environment_id} name={environment} main={main} />
          ))}
          : calls there will fail.
        </li>
      )}
      {links.length > 0 && <li className="files-warn">Used by {links.map(({ path }) => path).join(", ")}</li>}
      {uses.evaluations.length > 0 && <li>In {plural(uses.evaluations.length, "Evaluation")}</li>}
      {unused && <li className="dim">Nothing uses it.</li>}
    </ul>
  );
}
