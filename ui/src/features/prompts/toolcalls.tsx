import X from "lucide-react/icons/x";
import { IconButton } from "../../kit/button";
import { Code } from "../../kit/code";
import { Field, Text } from "../../kit/field";
import type { Message } from "./content";

interface Props {
  message: Message;
  onChange: (message: Message) => void;
}

/** What a message has for tools: the calls of an assistant, or the call that a tool's message answers. */
export function ToolCalls({ message, onChange }: Props) {
  if (message.role === "tool") {
    return (
      <Field label="Id of the call that this answers">
        <Text
          mono
          value={message.tool_call_id ?? ""}
          onChange={(tool_call_id) => onChange({ ...message, tool_call_id })}
        />
      </Field>
    );
  }
  const calls = message.tool_calls ?? [];
  const put = (next: typeof calls) => onChange({ ...message, tool_calls: next.length > 0 ? next : undefined });
  return calls.map((call, at) => {
    const set = (part: Partial<typeof call.function>) =>
      put(calls.with(at, { ...call, function: { ...call.function, ...part } }));
    return (
      <div key={call.id} className="prompt-call">
        <div className="prompt-call-head">
          <Text
            mono
            aria-label={`Tool call ${at + 1}, function`}
            placeholder="function"
            value={call.function.name}
            onChange={(name) => set({ name })}
          />
          <IconButton small label={`Remove tool call ${at + 1}`} onClick={() => put(calls.toSpliced(at, 1))}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
        <Code
          label={`Tool call ${at + 1}, arguments`}
          language="json"
          value={call.function.arguments ?? ""}
          onChange={(text) => set({ arguments: text })}
        />
      </div>
    );
  });
}
