import { type ReactNode, useState } from "react";
import { bytes, plural } from "../lib/format";
import { Copy } from "./copy";
import { Markdown, useMarkdown } from "./markdown";
import { firstLines } from "./message-model";
import { ToolCall } from "./tool-call";
import "./message.css";

/** A part of a message. */
export type MessagePart =
  | { type: "text"; text: string }
  /** Shown if its address is data; else the address is. */
  | { type: "image"; url: string; alt?: string }
  /** Named, not played or opened. */
  | { type: "audio" | "file" | "other"; name: string; size?: number };

export interface MessageProps {
  /** Whose message: system, user, assistant, tool, developer. */
  by: string;
  /** A name beside it; of a tool's answer the tool's. */
  name?: string;
  parts: readonly MessagePart[];
  calls?: readonly { id?: string; name: string; args: string; result?: string }[];
  /** What the model thought; folded. */
  reasoning?: string;
  /** Not all has come yet. */
  streaming?: boolean;
  /** Figures or buttons at the right end of the head. */
  aside?: ReactNode;
}

/** A message of a conversation. Text is shown as it is, or as Markdown where a person asked for that (m); beyond 40 lines it folds. */
export function Message({ by, name, parts, calls = [], reasoning, streaming, aside }: MessageProps) {
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  return (
    <article className="message" data-role={by} aria-label={`${by} message`} aria-busy={streaming || undefined}>
      <header className="message-head">
        <span className="message-role">{by}</span>
        {name && <span className="mono dim">{name}</span>}
        <span className="message-aside">
          {aside}
          {text && <Copy label="Copy the text" text={text} />}
        </span>
      </header>
      {reasoning && (
        <details className="message-reasoning">
          <summary>Reasoning, {plural(reasoning.split("\n").length, "line")}</summary>
          <Folding text={reasoning} />
        </details>
      )}
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts keep their places.
        <Part key={i} part={part} streaming={streaming} />
      ))}
      {calls.map((call, i) => (
        <ToolCall key={call.id ?? `call ${i}`} {...call} />
      ))}
      {streaming && <span className="message-caret" aria-hidden="true" />}
    </article>
  );
}

function Part({ part, streaming }: { part: MessagePart; streaming?: boolean }) {
  if (part.type === "text") return part.text ? <Folding text={part.text} whole={streaming} /> : null;
  if (part.type === "image") {
    return part.url.startsWith("data:image/") ? (
      <img className="message-image" src={part.url} alt={part.alt ?? "part of the message"} />
    ) : (
      <p className="message-part">image: {part.url}</p>
    );
  }
  return (
    <p className="message-part">
      {part.type}: {part.name}
      {part.size !== undefined && `, ${bytes(part.size)}`}
    </p>
  );
}

const most = 40; // lines

function Folding({ text, whole }: { text: string; whole?: boolean }) {
  const markdown = useMarkdown();
  const [open, setOpen] = useState(false);
  const { shown, lines } = firstLines(text, most);
  const folds = !whole && shown.length < text.length;
  const said = folds && !open ? shown : text;
  return (
    <div className="message-text">
      {markdown ? <Markdown text={said} /> : <div className="message-plain">{said}</div>}
      {folds && (
        <button type="button" className="message-fold" onClick={() => setOpen(!open)} aria-expanded={open}>
          {open ? `Show the first ${most} lines` : `Show all ${plural(lines, "line")}, ${bytes(text.length)}`}
        </button>
      )}
    </div>
  );
}
