// What the editor begins with: a saved version, or exactly what a Log ran.
import { useQuery } from "@tanstack/react-query";
import { type Log, logQuery } from "../../api/queries/log";
import { type Prompt, promptQuery } from "../../api/queries/prompts";
import { contentOf } from "./content";
import type { Draft } from "./draft";

export interface Start {
  /** The version that the draft is compared with. */
  from: Prompt;
  /** Names the draft: the version, or the Log. */
  name: string;
  draft: Draft;
}

interface Found {
  start: Start | undefined;
  error: unknown;
  retry: () => void;
}

/** Finds what to begin with. A Log comes with its version, inputs and messages. */
export function useStart(file: string, version: string | undefined, log: string | undefined): Found {
  const ran = useQuery({ ...logQuery(log ?? ""), enabled: log !== undefined });
  const wanted = version ?? (ran.data?.type === "prompt" ? ran.data.prompt.version_id : undefined);
  const saved = useQuery({ ...promptQuery(file, wanted), enabled: log === undefined || ran.isSuccess });
  const retry = () => void (ran.error ? ran.refetch() : saved.refetch());
  if (!saved.data || (log && !ran.data)) return { start: undefined, error: ran.error ?? saved.error, retry };
  const content = contentOf(saved.data);
  const draft: Draft = { content, inputs: {}, messages: [], samples: 1 };
  if (!ran.data) return { start: { from: saved.data, name: saved.data.version_id, draft }, error: undefined, retry };
  return {
    start: { from: saved.data, name: `log/${log}`, draft: { ...draft, ...givenTo(ran.data) } },
    error: undefined,
    retry,
  };
}

/** What the caller of a Log gave besides the content: inputs, the messages after those of the template, and the choice of tools. */
export function givenTo(log: Log): Pick<Draft, "inputs" | "messages" | "toolChoice"> {
  const { inputs = {} } = log;
  if (log.type !== "prompt") return { inputs, messages: [] };
  const { messages = [], template_messages = 0, tool_choice } = log;
  return { inputs, messages: messages.slice(template_messages), toolChoice: tool_choice };
}
