import Plus from "lucide-react/icons/plus";
import X from "lucide-react/icons/x";
import { Button, IconButton } from "../../kit/button";
import { Field, Text } from "../../kit/field";
import { Menu } from "../../kit/menu";
import { NumberBox, Slider } from "../../kit/number";
import { type Content, having } from "./content";
import { type Parameter, parameters } from "./parameters";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
  /** The names of those that the provider takes on this endpoint; undefined while that is not known. */
  taken: readonly string[] | undefined;
}

/** The parameters that are sent, each until it is taken away; and a menu of the others. */
export function Settings({ content, onChange, taken }: Props) {
  const shown = parameters.filter(({ name }) => content[name] !== undefined);
  const others = parameters.filter(({ name }) => content[name] === undefined && (!taken || taken.includes(name)));
  return (
    <div className="prompt-settings">
      {shown.map((parameter) => (
        <Setting
          key={parameter.name}
          parameter={parameter}
          refused={taken !== undefined && !taken.includes(parameter.name)}
          value={content[parameter.name]}
          onChange={(value) => onChange(having(content, parameter.name, value as never))}
        />
      ))}
      {others.length > 0 && (
        <Menu
          trigger={
            <Button small kind="quiet" icon={<Plus size={14} aria-hidden />}>
              Parameter
            </Button>
          }
          entries={others.map((parameter) => ({
            label: parameter.label,
            hint: parameter.hint,
            onSelect: () => onChange(having(content, parameter.name, initial(parameter) as never)),
          }))}
        />
      )}
    </div>
  );
}

function initial({ name, form }: Parameter): unknown {
  if (form === "list") return [];
  if (form === "effort") return "medium";
  return { temperature: 1, top_p: 1, max_tokens: 1024, max_retries: 2 }[name as string] ?? 0;
}

interface SettingProps {
  parameter: Parameter;
  value: unknown;
  refused: boolean;
  onChange: (value: unknown) => void;
}

function Setting({ parameter, value, refused, onChange }: SettingProps) {
  const { name, label, hint } = parameter;
  return (
    <Field
      label={label}
      name={name}
      hint={hint}
      error={refused ? "The provider does not take this on this endpoint." : undefined}
      aside={
        <IconButton small label={`Do not send ${label}`} onClick={() => onChange(undefined)}>
          <X size={14} aria-hidden />
        </IconButton>
      }
    >
      <Control parameter={parameter} value={value} onChange={onChange} />
    </Field>
  );
}

function Control({ parameter, value, onChange }: Omit<SettingProps, "refused">) {
  const { form, min, max, step, label } = parameter;
  switch (form) {
    case "number":
      return min !== undefined && max !== undefined ? (
        <Slider
          label={label}
          value={value as number}
          onChange={onChange}
          min={min}
          max={Math.max(max, value as number)}
          step={step}
        />
      ) : (
        <NumberBox value={value as number} onChange={onChange} min={min} max={max} step={step} />
      );
    case "whole":
      return (
        <NumberBox
          value={value as number}
          onChange={(n) => onChange(n === undefined ? undefined : Math.round(n))}
          min={min}
          max={max}
        />
      );
    case "list":
      return <Text mono value={listText(value)} onChange={(text) => onChange(listOf(text))} placeholder="END, \n\n" />;
    case "effort":
      return (
        <Text mono value={String(value)} onChange={(text) => onChange(/^\d{1,9}$/.test(text) ? Number(text) : text)} />
      );
  }
}

/** Texts in a line, parted by commas, with \n and \, written out. */
export const listText = (value: unknown): string =>
  [value]
    .flat()
    .map((item) => String(item).replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(",", "\\,"))
    .join(", ");

/** The texts of such a line. */
export function listOf(line: string): string[] {
  const out: string[] = [];
  for (const [, item = ""] of line.matchAll(/((?:\\.|[^\\,])*)(?:,\s?|$)/g)) {
    if (item) out.push(item.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign)));
  }
  return out;
}
