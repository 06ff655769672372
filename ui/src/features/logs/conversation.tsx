import { useState } from "react";
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
      {inputs && <Inputs inputs={log.inputs ?? {}} alone={messages.length === 0} />}
      {messages.map((message, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a Log keep their places.
        <Message key={i} {...message} />
      ))}
    </div>
  );
}

// Their editor is made when a person first looks at them.
function Inputs({ inputs, alone }: { inputs: Record<string, unknown>; alone: boolean }) {
  const [seen, see] = useState(false);
  return (
    <details open={alone} onToggle={(event) => event.currentTarget.open && see(true)}>
      <summary>
        Inputs <span className="dim">{Object.keys(inputs).join(", ")}</span>
      </summary>
      {(seen || alone) && <Json label="inputs" value={inputs} most={16} />}
    </details>
  );
}
