import { useState } from "react";
import { Code } from "../../kit/code";
import { Field } from "../../kit/field";

interface Props {
  label: string;
  hint?: string;
  name?: string;
  value: Record<string, unknown> | undefined;
  /** Called with each text that is an object; an empty text is undefined. */
  onChange: (value: Record<string, unknown> | undefined) => void;
  rows?: number;
}

/** A JSON object as text. What is typed stays as it is; only what is valid counts. */
export function JsonField({ label, hint, name, value, onChange, rows = 4 }: Props) {
  const [typed, setTyped] = useState<{ text: string; value: unknown }>();
  const text = typed && typed.value === value ? typed.text : value ? JSON.stringify(value, null, 2) : "";
  const { error } = objectIn(text);
  const change = (next: string) => {
    const read = objectIn(next);
    setTyped({ text: next, value: read.error ? value : read.value });
    if (!read.error) onChange(read.value);
  };
  return (
    <Field label={label} hint={hint} name={name} error={error}>
      <Code label={label} language="json" value={text} onChange={change} least={rows} most={24} />
    </Field>
  );
}

/** The object that a text is, or what is wrong with it. A blank text is undefined. */
export function objectIn(text: string): { value?: Record<string, unknown>; error?: string } {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { error: "This must be a JSON object." };
    return { value: value as Record<string, unknown> };
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : "This is no JSON." };
  }
}
