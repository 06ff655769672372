import { useKeys } from "../../lib/keys";
import { reveal } from "./reveal";

interface Does {
  /** A dialog is open: the desk below it does nothing. */
  covered: boolean;
  text: boolean;
  running: boolean;
  run: () => void;
  stop: () => void;
  save: () => void;
  compare: () => void;
  setMode: (mode: "form" | "text") => void;
}

/** The keys of the editor. They act while one types. */
export function useEditorKeys({ covered, text, running, run, stop, save, compare, setMode }: Does): void {
  const unless = (act: () => void) => () => (covered ? undefined : act());
  useKeys("Editor", [
    { does: "Run", keys: "mod+Enter", run: unless(run), typing: true },
    { does: "Stop", keys: "Escape", run: () => (running && !covered ? stop() : false), typing: true, quiet: true },
    { does: "Save a version, deploy it", keys: "mod+s", run: unless(save), typing: true },
    {
      does: "Edit as .prompt text, or as a form",
      keys: "mod+shift+e",
      run: unless(() => setMode(text ? "form" : "text")),
      typing: true,
    },
    { does: "Compare with another model or version", keys: "alt+c", run: unless(compare), typing: true },
    { does: "Choose the model", keys: "alt+m", run: unless(() => reveal("model")), typing: true },
    { does: "Go to the inputs", keys: "alt+i", run: unless(() => reveal("inputs")), typing: true },
  ]);
}
