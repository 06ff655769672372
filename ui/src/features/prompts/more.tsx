import Plus from "lucide-react/icons/plus";
import X from "lucide-react/icons/x";
import { Button, IconButton } from "../../kit/button";
import { Combobox } from "../../kit/combobox";
import { Field } from "../../kit/field";
import { Select } from "../../kit/select";
import { type Content, having } from "./content";
import { JsonField } from "./json";
import { ModelName } from "./model";
import { useProviders } from "./providers";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
}

const formats = [
  { value: "text", label: "Text", hint: "Whatever the model says." },
  { value: "json_object", label: "JSON", hint: "Any JSON object." },
  { value: "json_schema", label: "JSON Schema", hint: "An object of a schema." },
] as const;

const schema = {
  name: "answer",
  strict: true,
  schema: { type: "object", properties: {}, required: [], additionalProperties: false },
};

/** In which form the model must answer. */
export function Format({ content, onChange }: Props) {
  const format = content.response_format;
  const choose = (type: (typeof formats)[number]["value"]) => {
    if (type === "text") return onChange(having(content, "response_format", undefined));
    const json_schema = type === "json_schema" ? (format?.json_schema ?? schema) : undefined;
    onChange(having(content, "response_format", { type, json_schema }));
  };
  return (
    <>
      <Field label="Response" name="response_format">
        <Select value={format?.type ?? "text"} onChange={choose} options={formats} />
      </Field>
      {format?.type === "json_schema" && (
        <JsonField
          label="Schema"
          hint="Name, strict and schema, as OpenAI's structured outputs have them."
          value={format.json_schema}
          onChange={(json_schema) => onChange(having(content, "response_format", { ...format, json_schema }))}
          rows={8}
        />
      )}
    </>
  );
}

/** Models that take over when the Prompt's own cannot answer. */
export function Fallbacks({ content, onChange }: Props) {
  const providers = useProviders();
  const list = content.fallbacks ?? [];
  const put = (next: typeof list) => onChange(having(content, "fallbacks", next.length > 0 ? next : undefined));
  return (
    <div className="prompt-fallbacks">
      {list.map((fallback, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fallback has no other name than its place
        <div key={at} className="prompt-model">
          <Field
            label={`Fallback ${at + 1}`}
            aside={
              <IconButton small label={`Remove fallback ${at + 1}`} onClick={() => put(list.toSpliced(at, 1))}>
                <X size={14} aria-hidden />
              </IconButton>
            }
          >
            <Combobox
              value={fallback.provider ?? content.provider ?? "openai"}
              onChange={(provider) =>
                put(list.with(at, { ...fallback, provider: provider as typeof fallback.provider }))
              }
              options={providers.map((p) => ({ value: p.provider, label: p.name }))}
            />
          </Field>
          <ModelName
            provider={fallback.provider ?? content.provider ?? "openai"}
            value={fallback.model}
            onChange={(model) => put(list.with(at, { ...fallback, model }))}
          />
        </div>
      ))}
      {list.length < 5 && (
        <Button
          small
          kind="quiet"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => put([...list, { provider: content.provider, model: content.model }])}
        >
          Fallback
        </Button>
      )}
    </div>
  );
}

/** What has no field of its own. */
export function Rest({ content, onChange }: Props) {
  return (
    <>
      <JsonField
        label="Other"
        hint="More members of the provider's request, passed on unchanged."
        name="other"
        value={content.other as Record<string, unknown> | undefined}
        onChange={(other) => onChange(having(content, "other", other as never))}
      />
      <JsonField
        label="Attributes"
        hint="Members that distinguish this version from others; they are not sent."
        name="attributes"
        value={content.attributes as Record<string, unknown> | undefined}
        onChange={(attributes) => onChange(having(content, "attributes", attributes as never))}
      />
    </>
  );
}
