import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { modelsQuery, providersQuery } from "../../api/queries/prompts";
import { Button } from "../../kit/button";
import { Combobox, Suggest } from "../../kit/combobox";
import { Dialog } from "../../kit/dialog";
import { Field } from "../../kit/field";
import { money } from "../../lib/format";

/** Chooses a model, and opens the editor with what the Log ran beside the same with that model. Nothing is run yet. */
export function ReplayDialog({ log, file, onClose }: { log: string; file: string; onClose: () => void }) {
  const navigate = useNavigate();
  const { data: providers = [] } = useQuery(providersQuery);
  const [provider, setProvider] = useState<string>();
  const [model, setModel] = useState("");
  const { data: models = [] } = useQuery({ ...modelsQuery(provider, model), enabled: provider !== undefined });
  const go = () => {
    if (!provider || !model) return;
    onClose();
    void navigate({
      to: "/files/$id/editor",
      params: { id: file },
      search: { log, panels: [`${provider}:${model}`] },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Replay with another model"
      text="The editor opens with the same inputs and messages, and this model beside the one that answered."
      size="small"
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" type="submit" form="replay" disabled={!provider || !model}>
            Open in editor
          </Button>
        </>
      }
    >
      <form
        id="replay"
        className="logs-form"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <Field label="Provider">
          <Combobox
            value={provider}
            onChange={setProvider}
            options={providers.map((one) => ({
              value: one.provider,
              label: one.name,
              end: one.key === "none" ? "no key" : undefined,
            }))}
          />
        </Field>
        <Field label="Model">
          <Suggest
            mono
            value={model}
            onChange={setModel}
            options={models.map(({ id, price }) => ({
              value: id,
              label: id,
              hint: price ? `${money(price.input)} in, ${money(price.output)} out a million tokens` : undefined,
            }))}
          />
        </Field>
      </form>
    </Dialog>
  );
}
