// The messages that follow those of the template: what a chat went on with.
import type { Answer } from "./answer";
import type { Message } from "./content";

/** The messages after an answer became part of the conversation, with a half-filled message for the result of each call that it made. */
export function after(messages: Message[], answer: Answer): Message[] {
  if (!answer.message) return messages;
  const results = answer.calls.map((call): Message => ({ role: "tool", tool_call_id: call.id, content: "" }));
  const next: Message[] = results.length > 0 ? results : [{ role: "user", content: "" }];
  return [...messages, answer.message, ...next];
}

/** The messages that a run sends: without a last one of the user that says nothing. */
export function sent(messages: Message[]): Message[] {
  const last = messages.at(-1);
  return last?.role === "user" && last.content === "" ? messages.slice(0, -1) : messages;
}
