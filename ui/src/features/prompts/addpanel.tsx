import { useQuery } from "@tanstack/react-query";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { versionsQuery } from "../../api/queries/versions";
import { Button } from "../../kit/button";
import { Combobox } from "../../kit/combobox";
import { Field } from "../../kit/field";
import { Popover } from "../../kit/popover";
import { ago } from "../../lib/clock";
import { shortId } from "../../lib/format";
import { ModelName } from "./model";
import type { Panel } from "./panels";
import { useProviders } from "./providers";

interface Props {
  file: string;
  provider: string;
  onAdd: (panel: Panel) => void;
  /** Opened by a key as well. */
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Chooses what to compare with: the draft with another model, or a saved version. */
export function AddPanel({ file, provider, onAdd, open, onOpenChange }: Props) {
  return (
    <Popover
      title="Compare with"
      align="end"
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <Button small icon={<Plus size={14} aria-hidden />}>
          Compare
        </Button>
      }
    >
      <Choices
        file={file}
        provider={provider}
        onAdd={(panel) => {
          onOpenChange(false);
          onAdd(panel);
        }}
      />
    </Popover>
  );
}

function Choices({ file, provider, onAdd }: Pick<Props, "file" | "provider" | "onAdd">) {
  const providers = useProviders();
  const { data } = useQuery(versionsQuery(file));
  const [chosen, setChosen] = useState({ provider, model: "" });
  return (
    <form
      className="prompt-compare"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.model) onAdd({ kind: "model", ...chosen });
      }}
    >
      <Field label="Provider">
        <Combobox
          value={chosen.provider}
          onChange={(next) => setChosen({ provider: next, model: "" })}
          options={providers.map((p) => ({ value: p.provider, label: p.name }))}
        />
      </Field>
      <ModelName
        provider={chosen.provider}
        value={chosen.model}
        onChange={(model) => setChosen({ ...chosen, model })}
      />
      <Button type="submit" kind="main" small disabled={!chosen.model}>
        Compare with this model
      </Button>
      <Field label="Or a version">
        <Combobox
          value={undefined}
          onChange={(id) => onAdd({ kind: "version", id })}
          options={(data?.versions ?? []).map((version) => ({
            value: version.id,
            label: version.name || shortId(version.id),
            hint: version.changes,
            end: ago(version.created_at),
          }))}
          placeholder="Find a version"
        />
      </Field>
    </form>
  );
}
