// What can be done with a version: the dialogs.
import { useState } from "react";
import type { TreeFile } from "../../api/queries/files";
import { describeVersion, undeploy, type VersionRow } from "../../api/queries/versions";
import { Button } from "../../kit/button";
import { Confirm, Dialog } from "../../kit/dialog";
import { Field, Text, TextArea } from "../../kit/field";
import { Version } from "../../kit/marks";
import { shortId } from "../../lib/format";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { useEach } from "../../parts/files/useEach";
import { DeployDialog } from "./deploy";

/** A version as dialogs name it. */
export interface VersionName {
  id: string;
  name?: string;
}

export type VersionAct =
  | { verb: "describe"; version: VersionRow }
  /** To the environment with that id, unless another is chosen; back says that it was there before. */
  | { verb: "deploy"; version: VersionName; environment?: string; back?: boolean }
  | { verb: "remove"; there: TreeFile["deployed"][number] };

interface Props {
  file: TreeFile;
  /** Undefined shows nothing. */
  act: VersionAct | undefined;
  onClose: () => void;
}

/** The dialog of an act. */
export function Acts({ file, act, onClose }: Props) {
  if (!act) return null;
  if (act.verb === "describe") return <DescribeDialog file={file} version={act.version} onClose={onClose} />;
  if (act.verb === "remove") return <RemoveDialog file={file} there={act.there} onClose={onClose} />;
  return <DeployDialog file={file} {...act} onClose={onClose} />;
}

interface DescribeProps {
  file: TreeFile;
  version: VersionRow;
  onClose: () => void;
}

function DescribeDialog({ file, version, onClose }: DescribeProps) {
  const [name, setName] = useState(version.name ?? "");
  const [description, setDescription] = useState(version.description ?? "");
  const said = { name: name.trim(), description };
  const each = useEach([version.id], (id) => describeVersion(file, id, said));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Name or describe ${version.name || shortId(version.id)}`}
    >
      <form
        className="versions-form"
        onSubmit={(event) => {
          event.preventDefault();
          each.run().then(onClose, () => undefined);
        }}
      >
        <Field label="Name" hint="Unique in this File, as v2 or shorter-answers. May be empty." name="name">
          <Text value={name} onChange={setName} autoFocus />
        </Field>
        <Field label="Description" hint="What changed, and why." name="description">
          <TextArea rows={3} value={description} onChange={setDescription} />
        </Field>
        <AsCall of={() => describeVersion(file, version.id, said)} />
        {each.error !== undefined && <FaultOfError error={each.error} small />}
        <div className="versions-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" busy={each.busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface RemoveProps {
  file: TreeFile;
  there: TreeFile["deployed"][number];
  onClose: () => void;
}

function RemoveDialog({ file, there, onClose }: RemoveProps) {
  const { environment, environment_id, version_id, version_name } = there;
  const place = { file, environment: environment_id, expected: version_id };
  const each = useEach([place], undeploy);
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${file.name} from ${environment}?`}
      verb={`Remove from ${environment}`}
      danger
      word={there.default ? environment : undefined}
      onConfirm={each.run}
      error={each.error !== undefined && <FaultOfError error={each.error} small />}
      more={<AsCall of={() => undeploy(place)} />}
    >
      <p>
        Calls that name {environment} will fail until a version is deployed there again. The version{" "}
        <Version id={version_id} name={version_name} /> stays.
      </p>
    </Confirm>
  );
}
