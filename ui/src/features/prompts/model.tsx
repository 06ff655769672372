import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Model, modelQuery, modelsQuery, type Provider } from "../../api/queries/prompts";
import { Combobox, Suggest } from "../../kit/combobox";
import { Field } from "../../kit/field";
import { count, money } from "../../lib/format";
import { type Content, having } from "./content";
import { examplesOf, keyFrom, useProviders } from "./providers";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
}

/** Chooses provider and model. Any name of a model is taken: a provider has models that this server does not know. */
export function ModelFields({ content, onChange }: Props) {
  const provider = content.provider ?? "openai";
  const providers = useProviders();
  const chosen = providers.find((p) => p.provider === provider);
  return (
    <div className="prompt-model">
      <Field label="Provider" name="provider" hint={chosen && <KeyHint provider={chosen} />}>
        <Combobox
          value={provider}
          onChange={(next) => onChange(having(content, "provider", next as Content["provider"]))}
          options={providers.map((p) => ({
            value: p.provider,
            label: p.name,
            end: p.key === "none" && p.needs_key ? "no key" : undefined,
          }))}
        />
      </Field>
      <ModelName provider={provider} value={content.model} onChange={(model) => onChange({ ...content, model })} />
    </div>
  );
}

function KeyHint({ provider }: { provider: Provider }) {
  const words = keyFrom(provider);
  if (provider.key !== "none" || !provider.needs_key) return words;
  return (
    <Link to="/settings/$section" params={{ section: "providers" }}>
      {words}: set one
    </Link>
  );
}

interface NameProps {
  provider: string;
  value: string;
  onChange: (model: string) => void;
  label?: string;
}

/** The name of a model, with those known as suggestions and the facts of the one that is named. */
export function ModelName({ provider, value, onChange, label = "Model" }: NameProps) {
  const [typed, setTyped] = useState("");
  const { data = [] } = useQuery(modelsQuery(provider, typed));
  const { data: known } = useQuery({ ...modelQuery(provider, value), enabled: value !== "" });
  return (
    <Field label={label} name="model" hint={factsIn(known, value)}>
      <Suggest
        value={value}
        onChange={(model) => {
          setTyped(model);
          onChange(model);
        }}
        options={[
          ...examplesOf(provider),
          ...data
            .filter(({ id }) => id !== "*")
            .map((model) => ({ value: model.id, label: model.id, hint: factsOf(model) })),
        ]}
        mono
      />
    </Field>
  );
}

function factsIn(known: Model | null | undefined, value: string): string | undefined {
  if (known) return factsOf(known);
  return known === null && value ? "This server knows no price and no limits of this model." : undefined;
}

/** Price, context and abilities of a model in a line. */
export function factsOf(model: Model): string {
  const facts = [];
  const { price, retired } = model;
  if (retired)
    facts.push(`${retired <= new Date().toISOString().slice(0, 10) ? "retired since" : "retires on"} ${retired}`);
  if (price) facts.push(`${money(price.input)} in, ${money(price.output)} out a million tokens`);
  if (model.context_window) facts.push(`${count(model.context_window)} context`);
  if (model.inputs.includes("image")) facts.push("images");
  if (model.tools) facts.push("tools");
  if (model.json_schema) facts.push("JSON Schema");
  if (model.reasoning) facts.push("reasoning");
  return facts.join(" · ");
}
