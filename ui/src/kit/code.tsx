import { lazy, type Ref, Suspense } from "react";
import type { TemplateLanguage } from "../lib/template";
import "./code.css";

/** A fault or a remark at a place of the text. */
export interface CodeMark {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units; without it the whole line is marked. */
  column?: number;
  message: string;
  severity?: "error" | "warning" | "info";
}

/** What a screen may do to an editor from outside. */
export interface CodeHandle {
  focus: () => void;
  /** Writes over the selection, or at the cursor. */
  insert: (text: string) => void;
}

export interface CodeProps {
  /** Names the editor. */
  label: string;
  value: string;
  /** Absent: the text can be read, selected and searched, not changed. */
  onChange?: (value: string) => void;
  language?: "plain" | "json" | "python";
  /** Marks `{{ variables }}`. */
  template?: TemplateLanguage;
  /** The variables that are completed after `{{`. */
  variables?: readonly string[];
  /** The variables that have no value; they are underlined. */
  unknown?: readonly string[];
  marks?: readonly CodeMark[];
  placeholder?: string;
  numbers?: boolean;
  /** Lines are as long as they are, instead of being wrapped. */
  unwrapped?: boolean;
  /** In lines; it grows with its text from least to most. Without most it grows without end. "fill": as high as its place. */
  least?: number;
  most?: number | "fill";
  /** Without a border, in a place that has one. */
  bare?: boolean;
  handle?: Ref<CodeHandle>;
}

const View = lazy(() => import("./code-view"));

/**
 * An editor of code, templates and JSON. It comes when it is first needed; the text is there before. A value from outside is taken over by
 * its differences alone: cursor, selection and undo stay. Tab leaves it; Ctrl F searches.
 */
export function Code(props: CodeProps) {
  const { least = 1, most, bare, value } = props;
  const style = {
    minHeight: `${least * 18 + 10}px`,
    maxHeight: typeof most === "number" ? `${most * 18 + 10}px` : undefined,
  };
  return (
    <div className={`code${bare ? " code-bare" : ""}${most === "fill" ? " code-fill" : ""}`} style={style}>
      <Suspense fallback={<pre className="code-before">{value.slice(0, 20_000)}</pre>}>
        <View {...props} />
      </Suspense>
    </div>
  );
}
