import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { Button } from "../../kit/button";
import { NumberBox } from "../../kit/number";
import { AddPanel } from "./addpanel";
import type { Answer } from "./answer";
import { having } from "./content";
import { after } from "./conversation";
import type { Draft, useEdited } from "./draft";
import { GivenFrom } from "./givenfrom";
import { HistoryStrip } from "./historystrip";
import { Inputs } from "./inputs";
import { PanelView } from "./panel";
import { most, type Panel, write } from "./panels";
import { nameOf, type Playground } from "./playground";
import { reveal } from "./reveal";
import { Messages } from "./template";
import type { Runs } from "./useRuns";
import type { Variables } from "./variables";

interface Props {
  file: string;
  draft: Draft;
  edited: ReturnType<typeof useEdited>;
  variables: Variables;
  panels: Panel[];
  playground: Playground;
  runs: Runs;
  comparing: boolean;
  onComparing: (open: boolean) => void;
}

/** What goes in, and what each panel made of it. */
export function Right(props: Props) {
  const { file, draft, edited, variables, panels, playground, runs, comparing, onComparing } = props;
  const navigate = useNavigate({ from: "/files/$id/editor" });
  const show = (next: Panel[]) => void navigate({ search: (now) => ({ ...now, panels: write(next) }), replace: true });
  const { change } = edited;
  const give = useCallback((inputs: Draft["inputs"]) => change({ inputs }), [change]);
  const goOn = (answer: Answer) => {
    edited.change({ messages: after(draft.messages, answer) });
    setTimeout(() => reveal(`messages.${draft.messages.length + 1}`), 50); // the first of those to fill, once it is there
  };
  const limit = () => {
    const { content } = draft;
    if (content.max_tokens === undefined)
      edited.change({ content: having(content, "max_tokens", 1024), text: undefined });
    setTimeout(() => reveal("max_tokens"), 50);
  };
  return (
    <div className="prompt-right">
      <section className="prompt-given" aria-label="Inputs">
        <div className="prompt-panels-bar">
          <h2>Inputs</h2>
          <GivenFrom file={file} given={draft} onGive={(given) => edited.change(given)} />
        </div>
        <Inputs names={variables.names} missing={variables.missing} values={draft.inputs} onChange={give} />
        <details className="prompt-part" open={draft.messages.length > 0}>
          <summary className="prompt-part-head">
            <h3>Messages after the template</h3>
            {draft.messages.length > 0 && <span className="dim">{draft.messages.length}</span>}
          </summary>
          <div className="prompt-part-body">
            <Messages
              messages={draft.messages}
              onChange={(messages) => edited.change({ messages })}
              name="Conversation"
              field="messages"
            />
            {draft.messages.length > 0 && (
              <Button small kind="quiet" onClick={() => edited.change({ messages: [] })}>
                Begin again
              </Button>
            )}
          </div>
        </details>
      </section>
      <div className="prompt-panels-bar" id="answers">
        <h2>Answers</h2>
        <div className="prompt-samples">
          <NumberBox
            aria-label="Answers a run"
            value={draft.samples}
            min={1}
            max={32}
            unit="a run"
            onChange={(n) => edited.change({ samples: n ?? 1 })}
          />
        </div>
        {panels.length < most && (
          <AddPanel
            file={file}
            provider={draft.content.provider ?? "openai"}
            onAdd={(panel) => show([...panels, panel])}
            open={comparing}
            onOpenChange={onComparing}
          />
        )}
      </div>
      <div className="prompt-panels" data-panels={panels.length}>
        {panels.map((panel, at) => (
          <PanelView
            key={nameOf(panel)}
            file={file}
            panel={panel}
            draft={draft.content}
            playground={playground}
            onRun={runs.one}
            onContinue={goOn}
            onCompare={() => onComparing(true)}
            onLimit={limit}
            onClose={at > 0 ? () => show(panels.toSpliced(at, 1)) : undefined}
          />
        ))}
      </div>
      <HistoryStrip
        past={playground.past}
        onRate={playground.rate}
        onOpen={(run) => {
          edited.change({ content: run.content, inputs: run.inputs, messages: run.messages, text: undefined });
          playground.show("draft", run);
        }}
      />
    </div>
  );
}
