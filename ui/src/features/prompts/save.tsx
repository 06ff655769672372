import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { Failure } from "../../api/failure";
import { environments } from "../../api/queries/environments";
import { deployedQuery, deployPrompt, type Prompt, promptQuery, savePrompt } from "../../api/queries/prompts";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { Check } from "../../kit/check";
import { Dialog } from "../../kit/dialog";
import { Field, Text, TextArea } from "../../kit/field";
import { Version } from "../../kit/marks";
import { Select } from "../../kit/select";
import { toast } from "../../kit/toast";
import { useKeys } from "../../lib/keys";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { Changes } from "./changes";
import { type Content, contentOf } from "./content";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  content: Content;
  /** The version that the draft began from. */
  from: Prompt;
  /** What is deployed to the default environment. */
  deployed: Prompt | undefined;
  onSaved: (version: Prompt) => void;
}

/** Saves the draft as a version: shows what changes first, and deploys it where that is wanted. */
export function SaveDialog({ open, onOpenChange, ...rest }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Save a version" size="wide">
      {open && <SaveForm {...rest} onClose={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function SaveForm({
  content,
  from,
  deployed,
  onSaved,
  onClose,
}: Omit<Props, "open" | "onOpenChange"> & { onClose: () => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [against, setAgainst] = useState<"from" | "deployed">("from");
  const [targets, setTargets] = useState<string[]>([]);
  const there = useSeen(from.id);
  const version = {
    ...content,
    id: from.id,
    version_name: name || undefined,
    version_description: description || undefined,
  };
  const saving = useSaving({ version, there, targets, onSaved, onClose });
  const taken = nameTaken(saving.error, name);
  useKeys("Save a version", [{ does: "Save", keys: "mod+s | mod+Enter", run: () => saving.save(), typing: true }], 2);
  const base = against === "deployed" && deployed ? deployed : from;
  return (
    <form
      className="prompt-save"
      onSubmit={(event) => {
        event.preventDefault();
        void saving.save();
      }}
    >
      <div className="prompt-save-diff">
        <Select
          quiet
          aria-label="Compare with"
          value={against}
          onChange={setAgainst}
          options={[
            { value: "from", label: "Changes since the version it began from" },
            { value: "deployed", label: "Changes against what is deployed", disabled: !deployed },
          ]}
        />
        <Changes from={contentOf(base)} to={content} names={[base.version_name || base.version_id, "draft"]} />
      </div>
      <Field
        label="Name"
        hint="Unique in this Prompt, as v2 or shorter-answers. May be empty."
        name="version_name"
        error={taken}
      >
        <Text autoFocus value={name} onChange={setName} />
      </Field>
      <Field label="Description" hint="What changed, and why." name="version_description">
        <TextArea rows={2} most={8} value={description} onChange={setDescription} />
      </Field>
      <Targets there={there.seen} targets={targets} onChange={setTargets} />
      <AsCall of={() => savePrompt(version)} />
      {there.changed.length > 0 && <Faster {...there} />}
      {saving.error !== undefined && !taken && !somebodyDeployed(saving.error) && <FaultOfError error={saving.error} />}
      <div className="prompt-save-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={saving.busy}>
          {targets.length > 0 ? "Save and deploy" : "Save version"}
        </Button>
      </div>
    </form>
  );
}

// nameTaken is what is wrong with a name that another version has, until it is changed.
function nameTaken(error: unknown, name: string): string | undefined {
  const taken = error instanceof Failure && error.detail.reason === "already_exists";
  const same = taken && error.detail.param === "version_name" && error.detail.message.includes(`\`${name}\``);
  return same ? "Another version has this name." : undefined;
}

const somebodyDeployed = (error: unknown) => error instanceof Failure && error.detail.reason === "deployment_changed";

type There = Record<string, { id: string; name?: string } | undefined>;

/** What was deployed when one looked, by the id of the environment. What others deploy since is told, and taken only when one says so. */
function useSeen(file: string) {
  const { data: now } = useQuery(deployedQuery(file));
  const [taken, take] = useState<There>();
  const seen = taken ?? now;
  if (now && !taken) take(now);
  const changed = Object.keys({ ...seen, ...now }).filter((id) => seen?.[id]?.id !== now?.[id]?.id);
  /** Notes what one deployed oneself. */
  const note = (environment: string, version: Prompt) =>
    take((before) => ({ ...before, [environment]: { id: version.version_id, name: version.version_name } }));
  return { seen: seen ?? {}, now: now ?? {}, changed, take: () => take(now), note };
}

/** Said when somebody deployed meanwhile. */
function Faster({ now, changed, take }: ReturnType<typeof useSeen>) {
  const { data: all = [] } = useQuery(environments);
  return (
    <Banner
      kind="warn"
      actions={
        <Button small onClick={take}>
          Replace that
        </Button>
      }
    >
      Somebody deployed meanwhile, and a deployment from here does not replace it:
      {changed.map((id) => (
        <Fragment key={id}>
          {" "}
          {all.find((one) => one.id === id)?.name} has{" "}
          {now[id] ? <Version id={now[id].id} name={now[id].name} /> : "nothing"} now.
        </Fragment>
      ))}
    </Banner>
  );
}

interface TargetsProps {
  there: There;
  targets: string[];
  onChange: (targets: string[]) => void;
}

function Targets({ there, targets, onChange }: TargetsProps) {
  const { data = [] } = useQuery(environments);
  return (
    <fieldset className="prompt-targets">
      <legend>Deploy to</legend>
      {data.map((environment) => {
        const now = there[environment.id];
        return (
          <Check
            key={environment.id}
            label={environment.name}
            hint={now ? <>replaces {<Version id={now.id} name={now.name} />}</> : "nothing is deployed there"}
            checked={targets.includes(environment.id)}
            onChange={(on) =>
              onChange(on ? [...targets, environment.id] : targets.filter((id) => id !== environment.id))
            }
          />
        );
      })}
    </fieldset>
  );
}

interface Saving extends Pick<Props, "onSaved"> {
  version: Parameters<typeof savePrompt>[0] & { id: string };
  there: ReturnType<typeof useSeen>;
  targets: string[];
  onClose: () => void;
}

// useSaving saves once and then deploys: when a deployment fails, trying again saves no second version, because the content is the same.
function useSaving({ version, there, targets, onSaved, onClose }: Saving) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const saved = await savePrompt(version);
      for (const environment of targets) {
        if (there.seen[environment]?.id === saved.version_id) continue;
        await deployPrompt({
          file: version.id,
          environment,
          version: saved.version_id,
          expected: there.seen[environment]?.id ?? "",
          comment: version.version_description,
        });
        there.note(environment, saved);
      }
      void queries.invalidateQueries();
      queries.setQueryData(promptQuery(version.id, saved.version_id).queryKey, saved);
      toast({ title: targets.length > 0 ? "Saved and deployed" : "Saved", kind: "good" });
      onClose();
      onSaved(saved);
    } catch (cause) {
      setError(cause);
      void queries.invalidateQueries({ queryKey: ["deployed", version.id] });
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, save };
}
