import { useQuery } from "@tanstack/react-query";
import Play from "lucide-react/icons/play";
import Save from "lucide-react/icons/save";
import Square from "lucide-react/icons/square";
import { forbidden, me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Version } from "../../kit/marks";
import { toast } from "../../kit/toast";
import { FileHead } from "../../parts/filehead";
import { CallCode } from "./callcode";
import type { useEdited } from "./draft";
import type { Playground } from "./playground";
import type { Start } from "./start";
import type { Runs } from "./useRuns";

interface Props {
  file: string;
  start: Start;
  edited: ReturnType<typeof useEdited>;
  text: boolean;
  onMode: (mode: "form" | "text") => void;
  onSave: () => void;
  runs: Runs;
  playground: Playground;
}

/** What the draft began from, and what to do with it. */
export function Bar({ file, start, edited, text, onMode, onSave, runs, playground }: Props) {
  const { data } = useQuery(me);
  const { from } = start;
  return (
    <FileHead id={file} page="editor">
      <span className="prompt-bar-from dim">
        from <Version id={from.version_id} name={from.version_name} />
        {edited.dirty && <strong> · changed</strong>}
      </span>
      {edited.dirty && (
        <Button kind="quiet" onClick={() => discard(edited, start)}>
          Discard changes
        </Button>
      )}
      <Button kind="quiet" onClick={() => onMode(text ? "form" : "text")} aria-pressed={text}>
        {text ? "Form" : ".prompt text"}
      </Button>
      {edited.draft && <CallCode file={file} path={from.path} draft={edited.draft} />}
      <Button
        icon={<Save size={16} aria-hidden />}
        keys="mod s"
        onClick={onSave}
        why={forbidden(data?.role, "developer")}
      >
        Save
      </Button>
      {playground.running ? (
        <Button kind="main" icon={<Square size={16} aria-hidden />} keys="esc" onClick={() => playground.stop()}>
          Stop
        </Button>
      ) : (
        <Button kind="main" icon={<Play size={16} aria-hidden />} keys="mod enter" onClick={runs.all}>
          Run
        </Button>
      )}
    </FileHead>
  );
}

// discard goes back to the saved content. What is discarded can be taken back; inputs and messages stay.
function discard(edited: Props["edited"], start: Start) {
  const { content, text } = edited.draft ?? start.draft;
  edited.change({ content: start.draft.content, text: undefined });
  toast({ title: "Changes discarded", action: { label: "Undo", onSelect: () => edited.change({ content, text }) } });
}
