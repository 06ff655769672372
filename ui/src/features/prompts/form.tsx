import { memo, type ReactNode, useMemo, useRef, useState } from "react";
import { Field } from "../../kit/field";
import { Select } from "../../kit/select";
import { useEvent } from "../../lib/useEvent";
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
  const others = useOthers(content);
  const change = useEvent((next: Content) => onChange(having(next, "template", content.template)));
  const edit = useEvent((made: (content: Content) => Content) => onChange(made(content)));
  const providers = useProviders();
  const taken = useMemo(() => takenBy(providers, others), [providers, others]);
  const count = (list: unknown[] | undefined) => (list?.length ? String(list.length) : undefined);
  return (
    <div className="prompt-form">
      <Part title="Model" open>
        <Same.Model content={others} onChange={change} />
        <Same.Settings content={others} onChange={change} taken={taken} />
      </Part>
      <Part
        title="Template"
        name="template"
        open
        aside={variables.tokens !== undefined && `about ${variables.tokens} tokens`}
      >
        <TemplateKind endpoint={content.endpoint} language={content.template_language} edit={edit} />
        <Template content={content} onChange={onChange} variables={variables} />
      </Part>
      <Part
        title="Tools"
        name="tools"
        open={!!content.tools?.length}
        aside={count([...(content.tools ?? []), ...(content.linked_tools ?? [])])}
      >
        <Same.Tools content={others} onChange={change} />
      </Part>
      <Part title="Response format" open={!!content.response_format} aside={content.response_format?.type}>
        <Same.Format content={others} onChange={change} />
      </Part>
      <Part title="Fallbacks" name="fallbacks" open={!!content.fallbacks?.length} aside={count(content.fallbacks)}>
        <Same.Fallbacks content={others} onChange={change} />
      </Part>
      <Part title="Other and attributes" open={!!content.other || !!content.attributes}>
        <Same.Rest content={others} onChange={change} />
      </Part>
    </div>
  );
}

// A key in the template makes none of these anew.
const Same = {
  Model: memo(ModelFields),
  Settings: memo(Settings),
  Tools: memo(Tools),
  Format: memo(Format),
  Fallbacks: memo(Fallbacks),
  Rest: memo(Rest),
};

// useOthers is the content without its template, the same object as long as no member of it changes.
function useOthers({ template: _, ...others }: Content): Content {
  const kept = useRef<Content>(others);
  const names = new Set([...Object.keys(kept.current), ...Object.keys(others)]) as Set<keyof typeof others>;
  const before: typeof others = kept.current;
  if ([...names].some((name) => before[name] !== others[name])) kept.current = others;
  return kept.current;
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

interface KindProps {
  endpoint: Content["endpoint"];
  language: Content["template_language"];
  edit: (made: (content: Content) => Content) => void;
}

const TemplateKind = memo(function TemplateKind({ endpoint: said, language, edit }: KindProps) {
  const toEndpoint = (endpoint: (typeof endpoints)[number]["value"]) =>
    edit((content) => {
      const messages = messagesOf(content);
      const template = endpoint === "complete" ? messages.map(textOf).join("\n\n") : messages;
      return { ...content, endpoint: endpoint === "chat" ? undefined : endpoint, template };
    });
  const endpoint = said === "complete" || said === "responses" ? said : "chat";
  return (
    <div className="prompt-kinds">
      <Field label="Endpoint" name="endpoint">
        <Select value={endpoint} onChange={toEndpoint} options={endpoints} />
      </Field>
      <Field label="Language" name="template_language">
        <Select
          value={language ?? "default"}
          onChange={(next) =>
            edit((content) => having(content, "template_language", next === "default" ? undefined : next))
          }
          options={languages}
        />
      </Field>
    </div>
  );
});
