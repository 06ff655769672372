import { useQueryClient } from "@tanstack/react-query";
import { promptQuery } from "../../api/queries/prompts";
import { type Content, contentOf } from "./content";
import { sent } from "./conversation";
import type { Draft } from "./draft";
import { contentOfPanel, type Panel } from "./panels";
import { nameOf, type Playground } from "./playground";

interface Options {
  file: string;
  draft: Draft;
  panels: Panel[];
  playground: Playground;
  replayOf: string | undefined;
}

export interface Runs {
  /** Runs every panel. */
  all: () => void;
  /** Runs a content in the panel of that name. */
  one: (name: string, label: string, content: Content) => void;
}

/** Runs panels with the inputs and messages of the draft. */
export function useRuns({ file, draft, panels, playground, replayOf }: Options): Runs {
  const queries = useQueryClient();
  const one = (name: string, label: string, content: Content) => {
    const { inputs, messages, samples, toolChoice } = draft;
    void playground.start(name, label, {
      file,
      content,
      inputs,
      messages: sent(messages),
      samples,
      toolChoice,
      replayOf,
    });
  };
  const start = async (panel: Panel) => {
    const saved =
      panel.kind === "version" ? contentOf(await queries.ensureQueryData(promptQuery(file, panel.id))) : undefined;
    const content = contentOfPanel(panel, draft.content, () => saved);
    if (content) one(nameOf(panel), `${content.provider ?? "openai"}/${content.model}`, content);
  };
  const all = () => {
    for (const panel of panels) void start(panel);
    showAnswers();
  };
  return { one, all };
}

// showAnswers scrolls to the answers if they are out of sight.
function showAnswers() {
  const place = document.getElementById("answers");
  if (place && place.getBoundingClientRect().top > innerHeight * 0.8) place.scrollIntoView({ block: "start" });
}
