// Runs a content in the playground: a draft, so that no version is made, streamed into one answer a sample.
import { Failure, noAnswer } from "../../api/failure";
import { noteFailure } from "../../api/reach";
import { post } from "../../api/stream";
import { type Answer, add, begin, type Chunk, ended } from "./answer";
import type { Content, Message, ToolChoice } from "./content";

export interface RunRequest {
  file: string; // the id of the Prompt
  content: Content;
  inputs: Record<string, unknown>;
  messages: Message[]; // that follow those of the template
  samples: number;
  toolChoice?: ToolChoice;
  replayOf?: string; // the id of a Log
}

/** The call of a run as any client would make it. */
export const callOf = (run: RunRequest) => ({
  id: run.file,
  prompt: run.content,
  inputs: run.inputs,
  messages: run.messages,
  tool_choice: run.toolChoice,
  num_samples: run.samples > 1 ? run.samples : undefined,
  replay_of: run.replayOf,
  source: "editor",
  draft: true,
  stream: true,
});

/** What a run came to until now. Times are milliseconds since it began. */
export interface Outcome {
  answers: Answer[];
  running: boolean;
  /** What the answers had to be. */
  format?: Content["response_format"];
  firstToken?: number;
  took?: number;
}

/**
 * Runs until the last event, and tells each change at most once a frame. A failure of the call as a whole becomes that of every sample which had
 * not ended. It never throws.
 */
export async function run(
  request: RunRequest,
  signal: AbortSignal,
  tell: (outcome: Outcome) => void,
): Promise<Outcome> {
  const began = performance.now();
  const answers = Array.from({ length: request.samples }, (_, i) => begin(i));
  let outcome: Outcome = { answers, running: true, format: request.content.response_format };
  const frames = perFrame(() => tell(outcome));
  tell(outcome);
  try {
    for await (const chunk of post<Chunk>("/v5/prompts/call", callOf(request), signal)) {
      outcome = withChunk(outcome, chunk, performance.now() - began);
      frames.ask();
    }
  } catch (cause) {
    const failure = cause instanceof Failure ? cause : noAnswer(cause);
    noteFailure(failure);
    outcome = { ...outcome, answers: outcome.answers.map((answer) => failed(answer, failure)) };
  }
  frames.stop();
  outcome = { ...outcome, running: false, took: performance.now() - began };
  tell(outcome);
  return outcome;
}

function withChunk(outcome: Outcome, chunk: Chunk, at: number): Outcome {
  const answers = outcome.answers.map((answer) => (answer.index === chunk.index ? add(answer, chunk) : answer));
  const said = chunk.output !== "" || chunk.output_message !== undefined;
  return { ...outcome, answers, firstToken: outcome.firstToken ?? (said ? at : undefined) };
}

function failed(answer: Answer, { detail }: Failure): Answer {
  if (ended(answer)) return answer;
  return { ...answer, failure: detail, log: answer.log ?? detail.log_id, attempts: detail.attempts ?? answer.attempts };
}

// perFrame calls tell once a frame at most, after one was asked for.
function perFrame(tell: () => void) {
  let frame = 0;
  return {
    ask() {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        tell();
      });
    },
    stop() {
      cancelAnimationFrame(frame);
    },
  };
}
