import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Failure } from "../../api/failure";
import { environments } from "../../api/queries/environments";
import type { TreeFile } from "../../api/queries/files";
import { deploy, differenceQuery } from "../../api/queries/versions";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { Dialog } from "../../kit/dialog";
import { Field, Text, TextArea } from "../../kit/field";
import { Time } from "../../kit/figures";
import { Version } from "../../kit/marks";
import { Select } from "../../kit/select";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { useEach } from "../../parts/files/useEach";
import type { VersionName } from "./acts";

interface Props {
  file: TreeFile;
  version: VersionName;
  environment?: string;
  back?: boolean;
  onClose: () => void;
}

/** Deploys a version, after it has shown what that replaces. Nothing changes if somebody else was faster. */
export function DeployDialog(props: Props) {
  const { version, back, onClose } = props;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={
        <>
          {back ? "Roll back to" : "Deploy"} <Version id={version.id} name={version.name} />
        </>
      }
    >
      <Form {...props} />
    </Dialog>
  );
}

type There = TreeFile["deployed"][number] | undefined;

function Form({ file, version, environment, back, onClose }: Props) {
  const { data: all = [] } = useQuery(environments);
  const [chosen, choose] = useState(environment);
  const place =
    all.find(({ id }) => id === chosen) ?? (environment ? undefined : all.find(({ tag }) => tag !== "default"));
  const now = file.deployed.find(({ environment_id }) => environment_id === place?.id);
  const [seen, setSeen] = useState<{ place?: string; there: There }>();
  // What one has seen to be there when the dialog opened is what is replaced, whatever came since.
  const there = seen && seen.place === place?.id ? seen.there : now;
  if (place && seen?.place !== place.id) setSeen({ place: place.id, there: now });
  const [comment, setComment] = useState(back ? "Roll back" : "");
  const [word, setWord] = useState("");
  const act = () =>
    deploy({ file, environment: place?.id ?? "", version: version.id, expected: there?.version_id ?? "", comment });
  const each = useEach([version.id], act);
  const main = place?.tag === "default";
  const changed = each.error instanceof Failure && each.error.detail.reason === "deployment_changed";
  const ready = place && there?.version_id !== version.id && (!main || word === place.name);
  return (
    <form
      className="versions-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !each.busy) each.run().then(onClose, () => undefined);
      }}
    >
      <Field label="Environment">
        <Select
          value={place?.id}
          onChange={choose}
          options={all.map(({ id, name, tag }) => ({
            value: id,
            label: name,
            end: tag === "default" ? "default" : undefined,
          }))}
        />
      </Field>
      {place && <Replaces file={file} there={there} version={version} environment={place.name} />}
      <Field label="Comment" hint="Why; kept in the history. May be empty.">
        <TextArea rows={2} autoFocus value={comment} onChange={setComment} />
      </Field>
      {main && (
        <Field label={`Type ${place.name} to confirm`} hint="Calls that name no environment get this version at once.">
          <Text value={word} onChange={setWord} mono />
        </Field>
      )}
      {place && <AsCall of={act} />}
      {changed && (
        <Faster
          there={now}
          onTake={() => setSeen({ place: place?.id, there: now })}
          taken={now?.version_id === there?.version_id}
        />
      )}
      {each.error !== undefined && !changed && <FaultOfError error={each.error} small />}
      <div className="versions-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={each.busy} disabled={!ready}>
          {place ? `${back ? "Roll back" : "Deploy to"} ${place.name}` : "Deploy"}
        </Button>
      </div>
    </form>
  );
}

interface ReplacesProps {
  file: TreeFile;
  there: There;
  version: VersionName;
  environment: string;
}

/** What callers of the environment get now, and what they will get. */
function Replaces({ file, there, version, environment }: ReplacesProps) {
  const same = there?.version_id === version.id;
  const { data, error } = useQuery({
    ...differenceQuery(file.id, there?.version_id ?? "", version.id),
    enabled: !!there && !same,
  });
  if (!there) return <p>Nothing is deployed to {environment} now. Callers will get this version.</p>;
  if (same) return <p>It is what {environment} has already.</p>;
  return (
    <div className="versions-replaces">
      <p>
        Replaces <Version id={there.version_id} name={there.version_name} />{" "}
        <span className="dim">
          deployed <Time at={there.deployed_at} /> {there.deployed_by?.name && `by ${there.deployed_by.name}`}
        </span>
      </p>
      <p>
        Callers will get: <strong>{data ? data.summary || "the same content" : error ? "unknown" : "…"}</strong>
      </p>
    </div>
  );
}

interface FasterProps {
  there: There;
  /** Whether what is there now is what would be replaced. */
  taken: boolean;
  onTake: () => void;
}

/** Said instead of a failure when somebody deployed meanwhile. */
function Faster({ there, taken, onTake }: FasterProps) {
  return (
    <Banner
      kind="warn"
      actions={
        taken ? undefined : (
          <Button small onClick={onTake}>
            Replace that one
          </Button>
        )
      }
    >
      Somebody was faster, so nothing changed. Now{" "}
      {there ? (
        <>
          <Version id={there.version_id} name={there.version_name} /> is there, deployed <Time at={there.deployed_at} />
          {there.deployed_by?.name && ` by ${there.deployed_by.name}`}.
        </>
      ) : (
        "nothing is there."
      )}
    </Banner>
  );
}
