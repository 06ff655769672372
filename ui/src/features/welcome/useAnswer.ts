import { useEffect, useRef, useState } from "react";
import { type Detail, Failure, noAnswer } from "../../api/failure";
import type { components } from "../../api/schema";
import { post } from "../../api/stream";

type Chunk = components["schemas"]["PromptCallStreamResponse"];
export type CallRequest = components["schemas"]["PromptCallRequest"];

export interface Answer {
  text: string;
  running: boolean;
  failure?: Detail;
}

/** A streamed call: its text as it comes, or why it failed. A new run stops the one before. */
export function useAnswer(onEnd: () => void) {
  const [answer, setAnswer] = useState<Answer>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (call: CallRequest) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    setAnswer({ text: "", running: true });
    const failure = await stream(call, mine.signal, (text) =>
      setAnswer((now) => ({ text: (now?.text ?? "") + text, running: true })),
    );
    if (mine.signal.aborted) return;
    setAnswer((now) => ({ text: now?.text ?? "", running: false, failure }));
    onEnd();
  };
  return { answer, run };
}

// stream tells each piece of text, and returns the failure that ended it, if one did.
async function stream(call: CallRequest, signal: AbortSignal, tell: (text: string) => void) {
  try {
    for await (const { output, detail } of post<Chunk>("/v5/prompts/call", { ...call, stream: true }, signal)) {
      if (detail) return detail;
      if (output) tell(output);
    }
    return undefined;
  } catch (cause) {
    return (cause instanceof Failure ? cause : noAnswer(cause)).detail;
  }
}
