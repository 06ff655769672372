// What was said in a call, as the kit shows messages.
import type { Log } from "../api/queries/log";
import type { components } from "../api/schema";
import type { MessagePart, MessageProps } from "../kit/message";

type ChatMessage = NonNullable<Log["messages"]>[number];

/** The conversation of a Log: what was asked, then what was answered. */
export function conversationOf(log: Log): MessageProps[] {
  const messages = (log.messages ?? []).map(messageOf);
  if (log.output_message) return [...messages, messageOf(log.output_message)];
  return log.output ? [...messages, { by: "assistant", parts: [{ type: "text", text: log.output }] }] : messages;
}

function messageOf(message: ChatMessage): MessageProps {
  const { role, name, content, tool_calls: calls, tool_call_id: answers, thinking } = message;
  return {
    by: role,
    name: name ?? answers,
    parts: partsOf(content),
    calls: calls?.map((call) => ({ id: call.id, name: call.function.name, args: call.function.arguments ?? "" })),
    reasoning: thinking?.map((part) => ("thinking" in part ? part.thinking : "(redacted)")).join("\n") || undefined,
  };
}

function partsOf(content: ChatMessage["content"]): MessagePart[] {
  if (content === undefined) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map(partOf);
}

/** Files and audio are shown by what they are: their data says nothing to people. */
function partOf(part: components["schemas"]["ChatMessageContentItem"]): MessagePart {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image_url":
      return { type: "image", url: part.image_url.url };
    case "input_audio":
      return { type: "text", text: `(audio, ${part.input_audio.format})` };
    case "file": {
      const { text, filename, file_url: url } = part.file;
      return { type: "text", text: text ?? `(file ${filename ?? url ?? "without a name"})` };
    }
  }
}
