import type { Log } from "../../api/queries/log";
import { Empty } from "../../kit/empty";
import { Json } from "../../kit/json";
import { Message } from "../../kit/message";
import { conversationOf } from "../../parts/said";

/** What was said: inputs, messages and the answer. Of Tools and Evaluators what went in and came out. */
export function Conversation({ log }: { log: Log }) {
  const messages = conversationOf(log);
  const inputs = Object.keys(log.inputs ?? {}).length > 0;
  if (!inputs && messages.length === 0)
    return <Empty>{log.save ? "Nothing was said." : "What was said is not kept."}</Empty>;
  return (
    <div className="logview-pad logview-said">
      {inputs && (
        <details open={messages.length === 0}>
          <summary>
            Inputs <span className="dim">{Object.keys(log.inputs ?? {}).join(", ")}</span>
          </summary>
          <Json label="inputs" value={log.inputs} most={16} />
        </details>
      )}
      {messages.map((message, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a Log keep their places.
        <Message key={i} {...message} />
      ))}
    </div>
  );
}
