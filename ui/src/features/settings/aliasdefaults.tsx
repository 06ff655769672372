import { complaintAt } from "../../api/failure";
import type { Alias } from "../../api/queries/aliases";
import { Field, Text } from "../../kit/field";
import { NumberBox } from "../../kit/number";

type Defaults = NonNullable<Alias["defaults"]>;

interface Props {
  value: Defaults;
  onChange: (value: Defaults) => void;
  error: unknown;
}

/** Those that have a box here. The others, which the API sets, stay as they are. */
const shown = ["temperature", "top_p", "max_tokens", "reasoning_effort"];

/** The parameters of calls that do not bring their own. */
export function AliasDefaults({ value, onChange, error }: Props) {
  const set = (more: Defaults) => onChange({ ...value, ...more });
  const place = (name: string) => ({ name: `defaults.${name}`, error: complaintAt(error, `defaults.${name}`) });
  const others = Object.keys(value).filter((name) => !shown.includes(name));
  return (
    <fieldset className="alias-form-targets">
      <legend className="field-label">Defaults</legend>
      <div className="alias-form-defaults">
        <Field label="Temperature" {...place("temperature")}>
          <NumberBox
            value={value.temperature}
            onChange={(temperature) => set({ temperature })}
            min={0}
            max={2}
            step={0.1}
          />
        </Field>
        <Field label="Top P" {...place("top_p")}>
          <NumberBox value={value.top_p} onChange={(top_p) => set({ top_p })} min={0} max={1} step={0.1} />
        </Field>
        <Field label="Most tokens" {...place("max_tokens")}>
          <NumberBox value={value.max_tokens} onChange={(max_tokens) => set({ max_tokens })} min={1} />
        </Field>
        <Field label="Reasoning effort" {...place("reasoning_effort")}>
          <Text
            value={String(value.reasoning_effort ?? "")}
            onChange={(text) => set({ reasoning_effort: effort(text) })}
            placeholder="low, or tokens"
          />
        </Field>
      </div>
      <span className="field-hint">
        For calls that do not bring their own. Empty: as the model has it.
        {others.length > 0 && ` Set by the API as well: ${others.join(", ")}.`}
      </span>
    </fieldset>
  );
}

/** A level, or a number of tokens. */
function effort(text: string): string | number | undefined {
  return /^\d+$/.test(text) ? Number(text) : text.trim() || undefined;
}
