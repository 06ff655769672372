import Wrench from "lucide-react/icons/wrench";
import type { ReactNode } from "react";
import { Json } from "./json";
import "./tool-call.css";

interface Props {
  name: string;
  /** The call's id, which its result names. */
  id?: string;
  /** JSON as the model wrote it, which may be broken. */
  args: string;
  /** What the tool answered, if it did. */
  result?: string;
  /** Buttons, as to answer it. */
  actions?: ReactNode;
  /** Shows arguments and result from the start. */
  open?: boolean;
}

/** A call of a tool by a model: its name and arguments in a line, all of it when opened. */
export function ToolCall({ name, id, args, result, actions, open = true }: Props) {
  return (
    <details className="tool-call" open={open}>
      <summary>
        <Wrench size={14} aria-hidden />
        <span className="tool-call-name mono">{name}</span>
        <span className="tool-call-args mono cut">{args.replace(/\s+/g, " ").slice(0, 200)}</span>
        {id && <span className="tool-call-id mono">{id}</span>}
      </summary>
      <div className="tool-call-body">
        <Json label="arguments" value={args} most={16} />
        {result !== undefined && (
          <>
            <p className="tool-call-word">Result</p>
            <Json label="result" value={result} most={16} />
          </>
        )}
        {actions}
      </div>
    </details>
  );
}
