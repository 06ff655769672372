// What came of a call while it streams: the events folded into one answer a sample.
import type { Detail } from "../../api/failure";
import type { components } from "../../api/schema";
import type { Message, ToolCall } from "./content";

export type Chunk = components["schemas"]["PromptCallStreamResponse"];
type Attempt = components["schemas"]["Attempt"];

/** One sample of a call. */
export interface Answer {
  index: number;
  log?: string; // the id of its Log
  version?: string;
  text: string;
  thinking: string;
  calls: ToolCall[];
  message?: Message; // the whole, once it is there
  failure?: Detail;
  finish?: string;
  provider?: string;
  model?: string;
  promptTokens?: number;
  outputTokens?: number;
  reasoningTokens?: number;
  cost?: number; // US dollars; absent when unknown
  latency?: number; // seconds
  attempts: Attempt[];
}

export const begin = (index: number): Answer => ({ index, text: "", thinking: "", calls: [], attempts: [] });

/** Whether nothing more will come. */
export const ended = (answer: Answer): boolean => answer.message !== undefined || answer.failure !== undefined;

/** answer with what an event of its sample adds. An event without text that has a finish reason or a failure is its last. */
export function add(answer: Answer, chunk: Chunk): Answer {
  const known = { ...answer, log: chunk.id, version: chunk.version_id };
  if (chunk.detail || chunk.error)
    return { ...known, failure: chunk.detail, attempts: chunk.detail?.attempts ?? answer.attempts };
  if (chunk.finish_reason !== undefined) return finish(known, chunk);
  const delta = chunk.output_message;
  return {
    ...known,
    text: answer.text + chunk.output,
    thinking: answer.thinking + thinkingOf(delta?.thinking),
    calls: delta?.tool_calls ? merge(answer.calls, delta.tool_calls) : answer.calls,
  };
}

function finish(answer: Answer, chunk: Chunk): Answer {
  const message = chunk.output_message ?? { role: "assistant" as const, content: answer.text };
  const costs = [chunk.prompt_cost, chunk.output_cost].filter((cost): cost is number => typeof cost === "number");
  return {
    ...answer,
    message,
    text: typeof message.content === "string" ? message.content : answer.text,
    thinking: thinkingOf(message.thinking) || answer.thinking,
    calls: message.tool_calls ?? answer.calls,
    finish: chunk.finish_reason,
    provider: chunk.provider,
    model: chunk.model,
    promptTokens: chunk.prompt_tokens,
    outputTokens: chunk.output_tokens,
    reasoningTokens: chunk.reasoning_tokens,
    cost: costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) : undefined,
    latency: chunk.provider_latency,
    attempts: chunk.attempts ?? [],
  };
}

function thinkingOf(blocks: Message["thinking"]): string {
  return (blocks ?? []).map((block) => ("thinking" in block ? block.thinking : "")).join("");
}

// merge adds pieces of tool calls: a piece with a new id begins a call, one with a known id or none goes on with it.
function merge(calls: ToolCall[], pieces: ToolCall[]): ToolCall[] {
  const out = [...calls];
  for (const piece of pieces) {
    const at = piece.id ? out.findIndex((call) => call.id === piece.id) : out.length - 1;
    const before = out[at];
    if (!before) {
      out.push(piece);
      continue;
    }
    const said = (before.function.arguments ?? "") + (piece.function.arguments ?? "");
    out[at] = { ...before, function: { name: before.function.name || piece.function.name, arguments: said } };
  }
  return out;
}
