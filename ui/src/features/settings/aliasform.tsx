import { useQuery } from "@tanstack/react-query";
import X from "lucide-react/icons/x";
import { useState } from "react";
import { complaintAt } from "../../api/failure";
import { type Alias, type AliasTarget, saveAlias } from "../../api/queries/aliases";
import { apiKeys } from "../../api/queries/apiKeys";
import { modelsQuery, providersQuery } from "../../api/queries/prompts";
import { Button, IconButton } from "../../kit/button";
import { Check } from "../../kit/check";
import { Suggest } from "../../kit/combobox";
import { Dialog } from "../../kit/dialog";
import { Field, Text } from "../../kit/field";
import { NumberBox } from "../../kit/number";
import { Select } from "../../kit/select";
import { AliasDefaults } from "./aliasdefaults";
import { Form } from "./part";

interface Props {
  /** The one to change; undefined for a new one. */
  alias: Alias | undefined;
  /** The names that there are. */
  taken: string[];
  onChanged: () => Promise<void>;
  onClose: () => void;
}

export function AliasDialog({ alias, onClose, ...rest }: Props) {
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={alias ? `Edit ${alias.name}` : "Make an alias"}
      size="wide"
    >
      <AliasForm alias={alias} onClose={onClose} {...rest} />
    </Dialog>
  );
}

interface Draft extends AliasTarget {
  /** What tells it from the others on the screen. */
  id: number;
}

const fresh = (id: number): Draft => ({ id, provider: "", model: "", order: 0, weight: 1 });

function AliasForm({ alias, taken, onChanged, onClose }: Props) {
  const [name, setName] = useState(alias?.name ?? "");
  const [targets, setTargets] = useState<Draft[]>(alias?.targets.map((one, id) => ({ ...one, id })) ?? [fresh(0)]);
  const [keys, setKeys] = useState<string[]>(alias?.keys ?? []);
  const [ttl, setTTL] = useState<number | undefined>(alias?.cache_ttl || undefined);
  const [defaults, setDefaults] = useState(alias?.defaults ?? {});
  const save = () =>
    saveAlias(name.trim(), {
      targets: targets.map(({ id: _, ...target }) => ({ ...target, model: target.model.trim() })),
      keys: keys.length > 0 ? keys : undefined,
      defaults,
      cache_ttl: ttl,
    });
  const twice = !alias && taken.includes(name.trim()) ? "There is an alias of this name: edit that one." : undefined;
  const whole = targets.length > 0 && targets.every((one) => one.provider && one.model.trim());
  return (
    <Form
      verb={alias ? "Save alias" : "Make alias"}
      ready={!!name.trim() && !twice && whole}
      call={() => save().then(onChanged)}
      onClose={onClose}
    >
      {(error) => (
        <>
          <Field
            label="Name"
            name="name"
            hint="As clients will name it: fast. claude-* stands for every name that begins so."
            error={twice ?? complaintAt(error, "name")}
            disabled={!!alias}
          >
            <Text mono value={name} onChange={setName} autoFocus={!alias} maxLength={128} />
          </Field>
          <Targets all={targets} onChange={setTargets} error={error} />
          <AliasDefaults value={defaults} onChange={setDefaults} error={error} />
          <For keys={keys} onChange={setKeys} />
          <Field
            label="Remember answers"
            name="cache_ttl"
            hint="The same request is answered again without a model for so long. Empty: never."
            error={complaintAt(error, "cache_ttl")}
          >
            <NumberBox value={ttl} onChange={setTTL} min={0} max={604_800} unit="seconds" />
          </Field>
        </>
      )}
    </Form>
  );
}

interface TargetsProps {
  all: Draft[];
  onChange: (all: Draft[]) => void;
  error: unknown;
}

function Targets({ all, onChange, error }: TargetsProps) {
  return (
    <fieldset className="alias-form-targets">
      <legend className="field-label">Targets</legend>
      {all.map((one, i) => (
        <Target
          key={one.id}
          target={one}
          place={`targets.${i}`}
          number={i + 1}
          error={error}
          onChange={(next) => onChange(all.with(i, next))}
          onRemove={all.length > 1 ? () => onChange(all.toSpliced(i, 1)) : undefined}
        />
      ))}
      <div>
        <Button small onClick={() => onChange([...all, fresh(Math.max(...all.map(({ id }) => id)) + 1)])}>
          Add a target
        </Button>
        <span className="field-hint"> Calls go to the lowest order that is well, and within it by weight.</span>
      </div>
    </fieldset>
  );
}

interface TargetProps {
  target: Draft;
  /** Where it is in the request. */
  place: string;
  number: number;
  error: unknown;
  onChange: (target: Draft) => void;
  /** Undefined for the only one. */
  onRemove: (() => void) | undefined;
}

function Target({ target, place, number, error, onChange, onRemove }: TargetProps) {
  const { data: providers = [] } = useQuery(providersQuery);
  const { data: models = [] } = useQuery({
    ...modelsQuery(target.provider || undefined, target.model),
    enabled: !!target.provider,
  });
  const wrong = (member: string) => complaintAt(error, `${place}.${member}`);
  return (
    <fieldset className="alias-form-target" aria-label={`Target ${number}`}>
      <Field label="Provider" name={`${place}.provider`} error={wrong("provider") ?? complaintAt(error, place)}>
        <Select
          value={target.provider || undefined}
          onChange={(provider) => onChange({ ...target, provider, credential: undefined })}
          options={providers.map(({ provider, name }) => ({ value: provider, label: name }))}
        />
      </Field>
      <Field label="Model" name={`${place}.model`} error={wrong("model") ?? wrong("credential")}>
        <Suggest
          mono
          value={target.model}
          onChange={(model) => onChange({ ...target, model })}
          options={models.filter(({ id }) => id !== "*").map(({ id, name }) => ({ value: id, label: id, hint: name }))}
        />
      </Field>
      <Field label="Order" name={`${place}.order`} error={wrong("order")}>
        <NumberBox value={target.order} onChange={(order = 0) => onChange({ ...target, order })} min={0} max={100} />
      </Field>
      <Field label="Weight" name={`${place}.weight`} error={wrong("weight")}>
        <NumberBox
          value={target.weight}
          onChange={(weight = 1) => onChange({ ...target, weight })}
          min={1}
          max={1000}
        />
      </Field>
      <IconButton label={`Remove target ${number}`} disabled={!onRemove} onClick={onRemove}>
        <X size={16} aria-hidden />
      </IconButton>
    </fieldset>
  );
}

/** The API keys that the alias is there for. */
function For({ keys, onChange }: { keys: string[]; onChange: (keys: string[]) => void }) {
  const { data: all = [] } = useQuery(apiKeys);
  return (
    <fieldset className="alias-form-keys">
      <legend className="field-label">For these API keys; for all if none is chosen</legend>
      {all
        .filter(({ id, revoked_at }) => !revoked_at || keys.includes(id))
        .map(({ id, name, hint }) => (
          <Check
            key={id}
            label={name}
            hint={hint && `…${hint}`}
            checked={keys.includes(id)}
            onChange={(chosen) => onChange(chosen ? [...keys, id] : keys.filter((one) => one !== id))}
          />
        ))}
    </fieldset>
  );
}
