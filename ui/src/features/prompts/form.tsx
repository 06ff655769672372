import { type ReactNode, useState } from "react";
import { Field } from "../../kit/field";
import { Select } from "../../kit/select";
import type { Content } from "./content";
import { having, messagesOf, textOf } from "./content";
import { ModelFields } from "./model";
import { Fallbacks, Format, Rest } from "./more";
import { takenBy, useProviders } from "./providers";
import { Settings } from "./settings";
import { Template } from "./template";
import { Tools } from "./tools";
import type { Variables } from "./variables";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
  variables: Variables;
}

/** The content of a Prompt, part by part. */
export function Form({ content, onChange, variables }: Props) {
  const taken = takenBy(useProviders(), content);
  const count = (list: unknown[] | undefined) => (list?.length ? String(list.length) : undefined);
  return (
    <div className="prompt-form">
      <Part title="Model" open>
        <ModelFields content={content} onChange={onChange} />
        <Settings content={content} onChange={onChange} taken={taken} />
      </Part>
      <Part
        title="Template"
        name="template"
        open
        aside={variables.tokens !== undefined && `about ${variables.tokens} tokens`}
      >
        <TemplateKind content={content} onChange={onChange} />
        <Template content={content} onChange={onChange} variables={variables} />
      </Part>
      <Part
        title="Tools"
        name="tools"
        open={!!content.tools?.length}
        aside={count([...(content.tools ?? []), ...(content.linked_tools ?? [])])}
      >
        <Tools content={content} onChange={onChange} />
      </Part>
      <Part title="Response format" open={!!content.response_format} aside={content.response_format?.type}>
        <Format content={content} onChange={onChange} />
      </Part>
      <Part title="Fallbacks" name="fallbacks" open={!!content.fallbacks?.length} aside={count(content.fallbacks)}>
        <Fallbacks content={content} onChange={onChange} />
      </Part>
      <Part title="Other and attributes" open={!!content.other || !!content.attributes}>
        <Rest content={content} onChange={onChange} />
      </Part>
    </div>
  );
}

function Part({
  title,
  name,
  open,
  aside,
  children,
}: {
  title: string;
  /** What failures call it. */
  name?: string;
  open: boolean;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const [first] = useState(open); // then it is opened and closed by hand
  return (
    <details className="prompt-part" open={first} data-field={name}>
      <summary className="prompt-part-head">
        <h2>{title}</h2>
        {aside && <span className="dim">{aside}</span>}
      </summary>
      <div className="prompt-part-body">{children}</div>
    </details>
  );
}

const endpoints = [
  { value: "chat", label: "Chat", hint: "Messages." },
  { value: "complete", label: "Completion", hint: "One text." },
  { value: "responses", label: "Responses", hint: "OpenAI's Responses API." },
] as const;

const languages = [
  { value: "default", label: "Plain", hint: "{{name}} alone." },
  { value: "jinja", label: "Jinja", hint: "Conditions, loops and filters." },
] as const;

function TemplateKind({ content, onChange }: Omit<Props, "variables">) {
  const toEndpoint = (endpoint: (typeof endpoints)[number]["value"]) => {
    const messages = messagesOf(content);
    const template = endpoint === "complete" ? messages.map(textOf).join("\n\n") : messages;
    onChange({ ...content, endpoint: endpoint === "chat" ? undefined : endpoint, template });
  };
  const endpoint = content.endpoint === "complete" || content.endpoint === "responses" ? content.endpoint : "chat";
  return (
    <div className="prompt-kinds">
      <Field label="Endpoint" name="endpoint">
        <Select value={endpoint} onChange={toEndpoint} options={endpoints} />
      </Field>
      <Field label="Language" name="template_language">
        <Select
          value={content.template_language ?? "default"}
          onChange={(language) =>
            onChange(having(content, "template_language", language === "default" ? undefined : language))
          }
          options={languages}
        />
      </Field>
    </div>
  );
}
