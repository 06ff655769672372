import Plus from "lucide-react/icons/plus";
import X from "lucide-react/icons/x";
import { Button, IconButton } from "../../kit/button";
import { Field, Text, TextArea } from "../../kit/field";
import { Menu } from "../../kit/menu";
import { type Content, having, type ToolFunction } from "./content";
import { JsonField } from "./json";
import { LinkedTools } from "./linked";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
}

const examples: Record<string, ToolFunction> = {
  "Empty function": { name: "my_function", description: "", parameters: { type: "object", properties: {} } },
  "One text": {
    name: "search",
    description: "Search the documentation.",
    parameters: {
      type: "object",
      properties: { query: { type: "string", description: "Words to find." } },
      required: ["query"],
    },
  },
  "A choice and a number": {
    name: "get_weather",
    description: "The weather in a city.",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        days: { type: "integer", minimum: 1, maximum: 10 },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
      },
      required: ["city"],
    },
  },
};

/** The functions that the model may call: those of this version, and Tools that are Files. */
export function Tools({ content, onChange }: Props) {
  const tools = content.tools ?? [];
  const put = (next: ToolFunction[]) => onChange(having(content, "tools", next.length > 0 ? next : undefined));
  return (
    <div className="prompt-tools">
      {tools.map((tool, at) => (
        <FunctionEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: the name of a function changes while it is typed
          key={at}
          tool={tool}
          onChange={(next) => put(tools.with(at, next))}
          onRemove={() => put(tools.toSpliced(at, 1))}
        />
      ))}
      <LinkedTools content={content} onChange={onChange} />
      <Menu
        trigger={
          <Button small kind="quiet" icon={<Plus size={14} aria-hidden />}>
            Function
          </Button>
        }
        entries={Object.entries(examples).map(([label, tool]) => ({
          label,
          onSelect: () => put([...tools, structuredClone(tool)]),
        }))}
      />
    </div>
  );
}

interface FunctionProps {
  tool: ToolFunction;
  onChange: (tool: ToolFunction) => void;
  onRemove: () => void;
}

function FunctionEditor({ tool, onChange, onRemove }: FunctionProps) {
  return (
    <section className="prompt-function">
      <Field
        label="Function"
        aside={
          <IconButton small label={`Remove function ${tool.name}`} onClick={onRemove}>
            <X size={14} aria-hidden />
          </IconButton>
        }
      >
        <Text mono value={tool.name} onChange={(name) => onChange({ ...tool, name })} />
      </Field>
      <Field label="Description">
        <TextArea
          rows={1}
          most={6}
          value={tool.description}
          onChange={(description) => onChange({ ...tool, description })}
        />
      </Field>
      <JsonField
        label="Parameters"
        hint="A JSON Schema of type object."
        value={tool.parameters}
        onChange={(parameters) => onChange({ ...tool, parameters })}
      />
    </section>
  );
}
