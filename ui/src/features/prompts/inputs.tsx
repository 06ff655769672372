import { memo, useState } from "react";
import { Button } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Field, TextArea } from "../../kit/field";
import { JsonField } from "./json";

interface Props {
  /** What the template reads. */
  names: string[];
  /** Those without which no call is made. */
  missing: string[];
  values: Record<string, unknown>;
  onChange: (values: Record<string, unknown>) => void;
}

/** The values of the template's variables, as texts or all at once as JSON. */
export const Inputs = memo(function Inputs({ names, missing, values, onChange }: Props) {
  const [json, setJson] = useState(false);
  const extra = Object.keys(values).filter((name) => !names.includes(name));
  if (names.length === 0 && extra.length === 0 && !json) {
    return <Empty>{"The template reads no inputs. Write {{name}} in it, and name can be given here."}</Empty>;
  }
  return (
    <div className="prompt-inputs" data-field="inputs">
      {json ? (
        <JsonField label="Inputs" value={values} onChange={(next) => onChange(next ?? {})} rows={6} />
      ) : (
        [...names, ...extra].map((name) => (
          <Field
            key={name}
            label={<code>{name}</code>}
            name={`inputs.${name}`}
            hint={extra.includes(name) ? "The template does not read this." : undefined}
            aside={missing.includes(name) && !(name in values) ? <span className="dim">needed</span> : undefined}
          >
            <TextArea
              mono
              rows={1}
              most={12}
              value={shown(values[name])}
              onChange={(text) => onChange({ ...values, [name]: meant(text, values[name]) })}
            />
          </Field>
        ))
      )}
      <Button small kind="quiet" onClick={() => setJson(!json)}>
        {json ? "As fields" : "As JSON"}
      </Button>
    </div>
  );
});

const shown = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

// meant is what a text stands for: an object or list stays one while it is valid JSON, all else is a text.
function meant(text: string, before: unknown): unknown {
  if (typeof before === "string" || before === undefined) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
