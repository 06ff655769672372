import { useQuery } from "@tanstack/react-query";
import Play from "lucide-react/icons/play";
import Square from "lucide-react/icons/square";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { promptQuery } from "../../api/queries/prompts";
import { Button, IconButton } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Version } from "../../kit/marks";
import type { Answer } from "./answer";
import { Answers } from "./answerview";
import { type Content, contentOf } from "./content";
import { contentOfPanel, type Panel } from "./panels";
import { nameOf, type Playground } from "./playground";
import { Remedies } from "./remedies";
import { reveal } from "./reveal";

interface Props {
  file: string;
  panel: Panel;
  draft: Content;
  playground: Playground;
  onRun: (name: string, label: string, content: Content) => void;
  onClose?: () => void;
  onContinue: (answer: Answer) => void;
  /** Opens what adds a panel. */
  onCompare: () => void;
  /** Sets a limit of the draft, and shows it. */
  onLimit: () => void;
}

/** What one variant says: its name, its run, and what came of it. */
export function PanelView(props: Props) {
  const { file, panel, draft, playground, onRun, onClose, onContinue, onCompare, onLimit } = props;
  const { data: saved } = useQuery({
    ...promptQuery(file, panel.kind === "version" ? panel.id : undefined),
    enabled: panel.kind === "version",
  });
  const content = contentOfPanel(panel, draft, () => saved && contentOf(saved));
  const name = nameOf(panel);
  const outcome = playground.outcomes[name];
  const running = outcome?.running ?? false;
  const label = content ? `${content.provider ?? "openai"}/${content.model}` : name;
  const start = () => content && onRun(name, label, content);
  return (
    <section className="prompt-panel" aria-label={`Panel: ${titleOf(panel)}`}>
      <header className="prompt-panel-head">
        <span className="prompt-panel-title">
          <Title panel={panel} saved={saved?.version_name} />
          <code className="cut dim" title={label}>
            {label}
          </code>
        </span>
        {running ? (
          <IconButton small label="Stop" keys="esc" onClick={() => playground.stop(name)}>
            <Square size={14} aria-hidden />
          </IconButton>
        ) : (
          <IconButton small label="Run this panel" onClick={start} disabled={!content}>
            <Play size={14} aria-hidden />
          </IconButton>
        )}
        {onClose && (
          <IconButton small label="Close panel" onClick={onClose}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
      </header>
      <div className="prompt-panel-body">
        {outcome ? (
          <Answers
            outcome={outcome}
            onAgain={start}
            onContinue={running ? undefined : onContinue}
            onLonger={panel.kind === "version" ? undefined : onLimit}
            remedies={(reason) => (
              <Remedies
                reason={reason}
                onOther={panel.kind === "draft" ? undefined : onCompare}
                onFallback={panel.kind === "draft" ? () => reveal("fallbacks") : undefined}
                onLimit={panel.kind === "version" ? undefined : onLimit}
              />
            )}
          />
        ) : (
          <Empty
            action={
              <Button small onClick={start} disabled={!content}>
                Run
              </Button>
            }
          >
            Nothing has run here yet.
          </Empty>
        )}
      </div>
    </section>
  );
}

function titleOf(panel: Panel): string {
  if (panel.kind === "draft") return "Draft";
  return panel.kind === "version" ? `Version ${panel.id}` : `${panel.provider}/${panel.model}`;
}

function Title({ panel, saved }: { panel: Panel; saved: string | undefined }): ReactNode {
  if (panel.kind === "version") return <Version id={panel.id} name={saved} />;
  return <strong>{panel.kind === "draft" ? "Draft" : "With"}</strong>;
}
