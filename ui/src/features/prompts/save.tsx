import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Failure } from "../../api/failure";
import { environments } from "../../api/queries/environments";
import { deployedQuery, deployPrompt, type Prompt, promptQuery, savePrompt } from "../../api/queries/prompts";
import { Button } from "../../kit/button";
import { Check } from "../../kit/check";
import { Dialog } from "../../kit/dialog";
import { Field, Text, TextArea } from "../../kit/field";
import { Version } from "../../kit/marks";
import { Select } from "../../kit/select";
import { toast } from "../../kit/toast";
import { useKeys } from "../../lib/keys";
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
  /** Where versions are deployed, as they were when the draft was opened: by the id of the environment. */
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
  const saving = useSaving({ content, from, targets, name, description, onSaved, onClose });
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
      <Targets file={from} targets={targets} onChange={setTargets} />
      {saving.error !== undefined && !taken && <FaultOfError error={saving.error} />}
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
  return taken && error.detail.message.includes(`\`${name}\``) ? "Another version has this name." : undefined;
}

interface TargetsProps {
  file: Prompt;
  targets: string[];
  onChange: (targets: string[]) => void;
}

function Targets({ file, targets, onChange }: TargetsProps) {
  const { data = [] } = useQuery(environments);
  const { data: there = {} } = useQuery(deployedQuery(file.id));
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

interface Saving extends Pick<Props, "content" | "from" | "onSaved"> {
  targets: string[];
  name: string;
  description: string;
  onClose: () => void;
}

// useSaving saves once and then deploys: when a deployment fails, trying again saves no second version, because the content is the same.
function useSaving({ content, from, targets, name, description, onSaved, onClose }: Saving) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const { data: there = {} } = useQuery(deployedQuery(from.id));
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const saved = await savePrompt({
        ...content,
        id: from.id,
        version_name: name || undefined,
        version_description: description || undefined,
      });
      for (const environment of targets) {
        if (there[environment]?.id === saved.version_id) continue;
        await deployPrompt({
          file: from.id,
          environment,
          version: saved.version_id,
          expected: there[environment]?.id ?? "",
          comment: description || undefined,
        });
      }
      void queries.invalidateQueries();
      queries.setQueryData(promptQuery(from.id, saved.version_id).queryKey, saved);
      toast({ title: targets.length > 0 ? "Saved and deployed" : "Saved", kind: "good" });
      onClose();
      onSaved(saved);
    } catch (cause) {
      setError(cause);
      void queries.invalidateQueries({ queryKey: ["deployed", from.id] });
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, save };
}
