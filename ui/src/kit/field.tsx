import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode, Ref } from "react";
import { names } from "./button";
import "./field.css";

interface FieldProps {
  label: ReactNode;
  /** What one may write, and in which unit. */
  hint?: ReactNode;
  /** What is wrong with the value; marks the control and is read aloud. */
  error?: ReactNode;
  /** The name of the parameter, by which showField finds it. */
  name?: string;
  /** Beside the label, at its right end. */
  aside?: ReactNode;
  /** The label is read aloud, not shown. */
  bare?: boolean;
  disabled?: boolean;
  /** One control of this kit. */
  children: ReactNode;
}

/** A control with its label, hint and error, which assistive software joins. */
export function Field({ label, hint, error, name, aside, bare, disabled, children }: FieldProps) {
  return (
    <Base.Root className="field" invalid={!!error} disabled={disabled} data-field={name}>
      <div className={bare ? "unseen" : "field-head"}>
        <Base.Label className="field-label">{label}</Base.Label>
        {aside}
      </div>
      {children}
      {error ? (
        <Base.Error className="field-error" match>
          <span aria-hidden="true">✕ </span>
          {error}
        </Base.Error>
      ) : (
        hint && <Base.Description className="field-hint">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}

/** Moves to the field of that name and focuses its control. False if there is none on the page. */
export function showField(name: string): boolean {
  const place = document.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const control = place?.querySelector<HTMLElement>("input, textarea, button, [contenteditable]");
  control?.focus();
  place?.scrollIntoView({ block: "nearest" });
  return !!control;
}

type Control<T extends "input" | "textarea"> = Omit<
  ComponentProps<T>,
  "value" | "onChange" | "ref" | "defaultValue"
> & {
  value: string;
  onChange: (value: string) => void;
  /** Code, ids, keys: in the monospace type. */
  mono?: boolean;
};

/** A line of text. Inside Field, or with an aria-label. */
export function Text({
  value,
  onChange,
  mono,
  className,
  ...rest
}: Control<"input"> & { ref?: Ref<HTMLInputElement> }) {
  return (
    <Base.Control
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={names("text", mono && "mono", className)}
      value={value}
      onValueChange={onChange}
    />
  );
}

/** Several lines of text; as high as its text, from `rows` to `most` lines. */
export function TextArea({
  value,
  onChange,
  mono,
  rows = 3,
  most = 20,
  className,
  ref,
  ...rest
}: Control<"textarea"> & { most?: number; ref?: Ref<HTMLTextAreaElement> }) {
  const style = { minHeight: `${rows * 20 + 10}px`, maxHeight: `${most * 20 + 10}px` };
  return (
    <Base.Control
      className={names("text", "text-area", mono && "mono", className)}
      value={value}
      onValueChange={onChange}
      render={<textarea rows={rows} {...rest} ref={ref} style={style} />}
    />
  );
}
