import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { EditorState, Extension } from "@codemirror/state";
import { RangeSetBuilder, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { places, type TemplateLanguage } from "../lib/template";

const variable = Decoration.mark({ class: "code-variable" });
const unknown = Decoration.mark({
  class: "code-variable code-unknown",
  attributes: { title: "No input of this name has a value." },
});

/** Marks the variables of a template, and underlines those that have no value. */
export function templateMarks(language: TemplateLanguage, without: readonly string[]): Extension {
  const names = new Set(without);
  const marks = (state: EditorState): DecorationSet => {
    const out = new RangeSetBuilder<Decoration>();
    for (const { from, to, reads } of places(state.doc.toString(), language)) {
      if (language === "default") {
        out.add(from, to, reads.some(({ name }) => names.has(name)) ? unknown : variable);
        continue;
      }
      for (const read of reads) out.add(read.from, read.to, names.has(read.name) ? unknown : variable);
    }
    return out.finish();
  };
  return StateField.define<DecorationSet>({
    create: marks,
    update: (before, change) => (change.docChanged ? marks(change.state) : before),
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** Completes variables after `{{`. */
export function variableChoices(names: readonly string[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const open = context.matchBefore(/\{\{\s*[\p{L}\p{N}_.]*$/u);
    if (!open) return null;
    const typed = /[\p{L}\p{N}_.]*$/u.exec(open.text)?.[0].length ?? 0;
    const options = names.map((label) => ({ label, type: "variable" }));
    return { from: context.pos - typed, options, validFor: /^[\p{L}\p{N}_.]*$/u };
  };
}
