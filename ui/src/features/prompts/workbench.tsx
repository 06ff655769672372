import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Prompt } from "../../api/queries/prompts";
import { Skeleton } from "../../kit/skeleton";
import { Split } from "../../kit/split";
import { FaultOf } from "../../parts/fault";
import { Bar } from "./bar";
import { carry, type Draft, useEdited } from "./draft";
import { Form } from "./form";
import { Notices } from "./notices";
import { most, panelsOf } from "./panels";
import type { Playground } from "./playground";
import { Right } from "./right";
import { SaveDialog } from "./save";
import type { Start } from "./start";
import { TextMode } from "./textmode";
import { useEditorKeys } from "./useEditorKeys";
import { useRuns } from "./useRuns";
import { useVariables, type Variables } from "./variables";

const route = getRouteApi("/files/$id/editor");

interface Props {
  file: string;
  start: Start;
  deployed: Prompt | undefined;
  playground: Playground;
}

/** Everything on the desk, once it is known what the draft is. */
export function Workbench(props: Props) {
  const { file, start } = props;
  const edited = useEdited(file, start.name, start.draft);
  if (!edited.draft) return <Skeleton lines={12} />;
  return <Desk {...props} edited={edited} draft={edited.draft} />;
}

interface DeskProps extends Props {
  edited: ReturnType<typeof useEdited>;
  draft: Draft;
}

function Desk({ file, start, deployed, edited, draft, playground }: DeskProps) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/files/$id/editor" });
  const [saving, setSaving] = useState(false);
  const [comparing, setComparing] = useState(false);
  const variables = useVariables(draft.content, draft.inputs, draft.messages);
  const panels = panelsOf(search.panels);
  const runs = useRuns({ file, draft, panels, playground, replayOf: search.log });
  const text = search.mode === "text";
  const setMode = (next: "form" | "text") =>
    void navigate({ search: (now) => ({ ...now, mode: next === "text" ? next : undefined }), replace: true });

  useEditorKeys({
    covered: saving,
    text,
    running: playground.running,
    run: runs.all,
    stop: playground.stop,
    save: () => setSaving(true),
    compare: () => setComparing(panels.length < most),
    setMode,
  });
  const saved = async (version: Prompt) => {
    if (version.version_id === start.name) return edited.change({ text: undefined }); // the same content
    await carry(file, version, draft);
    await edited.drop();
    void navigate({ search: (now) => ({ ...now, v: version.version_id, log: undefined }), replace: true });
  };

  return (
    <div className="prompt-editor">
      <Bar
        file={file}
        start={start}
        edited={edited}
        text={text}
        onMode={setMode}
        onSave={() => setSaving(true)}
        runs={runs}
        playground={playground}
      />
      <Notices file={file} start={start} edited={edited} />
      <Split
        name="editor"
        label="Width of the Prompt"
        ofFirst
        size={560}
        min={320}
        minFirst={320}
        first={<Left draft={draft} edited={edited} text={text} variables={variables} />}
        second={
          <Right
            file={file}
            draft={draft}
            edited={edited}
            variables={variables}
            panels={panels}
            playground={playground}
            runs={runs}
            comparing={comparing}
            onComparing={setComparing}
          />
        }
      />
      <SaveDialog
        open={saving}
        onOpenChange={setSaving}
        content={draft.content}
        from={start.from}
        deployed={deployed}
        onSaved={(version) => void saved(version)}
      />
    </div>
  );
}

interface LeftProps {
  draft: Draft;
  edited: ReturnType<typeof useEdited>;
  text: boolean;
  variables: Variables;
}

function Left({ draft, edited, text, variables }: LeftProps) {
  if (text) {
    return (
      <TextMode
        content={draft.content}
        text={draft.text}
        onChange={(typed, content) => edited.change(content ? { text: typed, content } : { text: typed })}
      />
    );
  }
  return (
    <div className="prompt-left">
      <Form
        content={draft.content}
        onChange={(content) => edited.change({ content, text: undefined })}
        variables={variables}
      />
      {variables.failure && <FaultOf detail={variables.failure} small />}
    </div>
  );
}
