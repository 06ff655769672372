import { useMemo } from "react";
import { bytes } from "../lib/format";
import { Code } from "./code";
import { Copy } from "./copy";
import "./json.css";

interface Props {
  /** Names it: "Request". */
  label: string;
  /** A value, or the text of one, which is shown as it is if it is no JSON. */
  value: unknown;
  /** In lines; "fill": as high as its place. */
  most?: number | "fill";
}

// Beyond this a text is shown as it came: reading and writing it again would take longer than one waits.
const large = 20_000_000; // characters

/** Any JSON, up to ten megabytes: folded by its gutter, searched by Ctrl F, and copied whole. */
export function Json({ label, value, most = 30 }: Props) {
  const text = useMemo(() => written(value), [value]);
  return (
    <div className={most === "fill" ? "json json-fill" : "json"}>
      <div className="json-head">
        <span className="dim">{bytes(text.length)}</span>
        <Copy label={`Copy ${label}`} text={text} />
      </div>
      <Code label={label} value={text} language="json" most={most} bare />
    </div>
  );
}

function written(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2) ?? "";
  if (value.length > large) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
