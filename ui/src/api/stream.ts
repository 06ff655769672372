import { base, noteSignedOut } from "./client";
import { detailIn, Failure, failureOf, noAnswer } from "./failure";

/** One event of a stream. */
export interface ServerEvent {
  event: string; // "message" unless the server names it
  data: string;
}

/**
 * Reads an event stream (HTML standard, section 9.2.6) as its bytes come, wherever they are split. An event without data is no event; a comment
 * is ignored; the last event counts only when an empty line ends it.
 */
export class EventReader {
  private rest = "";
  private event = "";
  private data: string[] = [];

  /** Takes the next text, and returns the events that it completes. */
  push(text: string): ServerEvent[] {
    const out: ServerEvent[] = [];
    let { rest } = this;
    rest += text;
    // A \r at the end may be the first half of \r\n.
    for (let end = rest.search(/\r\n|\n|\r(?!$)/); end >= 0; end = rest.search(/\r\n|\n|\r(?!$)/)) {
      const line = rest.slice(0, end);
      rest = rest.slice(rest.startsWith("\r\n", end) ? end + 2 : end + 1);
      const done = this.line(line);
      if (done) out.push(done);
    }
    this.rest = rest;
    return out;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === "") return this.finish();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    if (field === "event") this.event = value;
    return undefined;
  }

  private finish(): ServerEvent | undefined {
    const { event, data } = this;
    this.event = "";
    this.data = [];
    return data.length > 0 ? { event: event || "message", data: data.join("\n") } : undefined;
  }
}

/** A POST whose answer is an event stream. Yields each event's JSON; a failure, before the stream or as its last event, is thrown. */
export async function* post<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
  yield* events<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/** A request whose answer is an event stream, as [post] is. */
export async function* events<T>(path: string, init: RequestInit): AsyncGenerator<T> {
  const response = await fetch(base + path, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    throw noAnswer(cause);
  });
  if (!response.ok || !response.body) {
    const failure = await failureOf(response);
    noteSignedOut(failure);
    throw failure;
  }
  const reader = new EventReader();
  const decoder = new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>;
  const texts = response.body.pipeThrough(decoder).getReader();
  try {
    for (;;) {
      const { done, value } = await texts.read().catch((cause: unknown) => {
        throw noAnswer(cause);
      });
      if (done) return;
      for (const { event, data } of reader.push(value)) yield parsed<T>(event, data);
    }
  } finally {
    await texts.cancel().catch(() => undefined);
  }
}

function parsed<T>(event: string, data: string): T {
  const value: unknown = JSON.parse(data);
  const detail = event === "error" ? detailIn(value) : undefined;
  if (detail) throw new Failure(200, detail);
  return value as T;
}
