import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { useEffect, useImperativeHandle, useRef } from "react";
import type { CodeMark, CodeProps } from "./code";
import { languageOf } from "./code-language";
import { templateMarks, variableChoices } from "./code-template";

const nonce = () => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Mod Enter runs and Mod S saves everywhere, so the editor leaves these keys to the page.
const keys = defaultKeymap.filter(({ key }) => key !== "Mod-Enter");

const base: Extension = [
  history(),
  drawSelection(),
  search({ top: true }),
  highlightSelectionMatches(),
  bracketMatching(),
  syntaxHighlighting(classHighlighter),
  EditorState.phrases.of({ "Fold line": "Fold", "Unfold line": "Unfold" }),
  keymap.of([...closeBracketsKeymap, ...keys, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap]),
];

/** The editor itself; Code loads it. */
export default function CodeView(props: CodeProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(props.onChange);
  const known = useRef<{ text: string; echoes: string[] }>({ text: props.value, echoes: [] });
  const slots = useRef({ look: new Compartment(), language: new Compartment(), template: new Compartment() });
  useEffect(() => {
    change.current = props.onChange;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; the effects below bring what changes.
  useEffect(() => {
    if (!place.current) return;
    const { look, language, template } = slots.current;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: props.value,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          base,
          look.of([]),
          language.of([]),
          template.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("outside"))) {
              const text = update.state.doc.toString();
              known.current = { text, echoes: [...known.current.echoes.slice(-20), known.current.text] };
              change.current?.(text);
            }
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, []);

  useEffect(() => {
    const { text, echoes } = known.current;
    if (props.value !== text && echoes.includes(props.value)) return; // of a key before the last: the last one is on its way
    if (props.value !== text) takeOver(view.current, props.value);
    known.current = { text: props.value, echoes: [] };
  }, [props.value]);

  const { label, numbers, unwrapped, language = "plain", template, variables } = props;
  const fixed = !props.onChange;
  useEffect(() => {
    const extensions: Extension[] = [
      EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": String(fixed), tabindex: "0" }),
      EditorState.readOnly.of(fixed),
      EditorView.editable.of(!fixed),
      fixed ? [] : closeBrackets(),
      unwrapped ? [] : EditorView.lineWrapping,
      numbers ? lineNumbers() : [],
      language === "json" && (numbers || fixed) ? [codeFolding(), foldGutter()] : [],
      props.placeholder ? placeholder(props.placeholder) : [],
    ];
    view.current?.dispatch({ effects: slots.current.look.reconfigure(extensions) });
  }, [label, fixed, unwrapped, numbers, language, props.placeholder]);

  useEffect(() => {
    let current = true;
    const colour = (extension: Extension) => {
      if (current) view.current?.dispatch({ effects: slots.current.language.reconfigure(extension) });
    };
    languageOf(language, template).then(colour, () => undefined); // without its grammar, the text is plain
    return () => {
      current = false;
    };
  }, [language, template]);

  const names = (variables ?? []).join("\n");
  const without = (props.unknown ?? []).join("\n");
  useEffect(() => {
    const extension = template
      ? [
          templateMarks(template, without.split("\n")),
          autocompletion({ override: [variableChoices(names.split("\n").filter(Boolean))], icons: false }),
        ]
      : autocompletion({ icons: false });
    view.current?.dispatch({ effects: slots.current.template.reconfigure(extension) });
  }, [template, names, without]);

  useEffect(() => {
    const at = view.current;
    if (at && props.marks)
      at.dispatch(
        setDiagnostics(
          at.state,
          props.marks.map((mark) => placed(mark, at.state)),
        ),
      );
  }, [props.marks]);

  useImperativeHandle(props.handle, () => ({
    focus: () => view.current?.focus(),
    insert: (text) => {
      view.current?.dispatch(view.current.state.replaceSelection(text), { scrollIntoView: true });
      view.current?.focus();
    },
  }));
  return <div ref={place} className="code-place" />;
}

// takeOver changes only what differs, so that what is beside it keeps its place.
function takeOver(view: EditorView | undefined, value: string) {
  if (!view) return;
  const text = view.state.doc.toString();
  if (text === value) return;
  let from = 0;
  while (from < text.length && from < value.length && text[from] === value[from]) from++;
  let end = 0;
  const least = Math.min(text.length, value.length) - from;
  while (end < least && text[text.length - 1 - end] === value[value.length - 1 - end]) end++;
  view.dispatch({
    changes: { from, to: text.length - end, insert: value.slice(from, value.length - end) },
    userEvent: "outside",
  });
}

function placed({ line, column, message, severity = "error" }: CodeMark, { doc }: EditorState): Diagnostic {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = column === undefined ? at.from : Math.min(at.to, at.from + column - 1);
  return { from, to: column === undefined ? at.to : Math.min(at.to, from + 1), severity, message };
}
