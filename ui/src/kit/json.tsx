import { useMemo, useState } from "react";
import { bytes } from "../lib/format";
import { Button } from "./button";
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

const long = 20_000; // characters of a text in it; longer ones are cut until one asks for them

/** Any JSON, up to ten megabytes: folded by its gutter, searched by Ctrl F, and copied whole. Very long texts in it are cut at first. */
export function Json({ label, value, most = 30 }: Props) {
  const [whole, setWhole] = useState(false);
  const parsed = useMemo(() => (typeof value === "string" ? read(value) : value), [value]);
  const { text, cut } = useMemo(() => written(parsed, whole), [parsed, whole]);
  const all = () => (typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? ""));
  return (
    <div className={most === "fill" ? "json json-fill" : "json"}>
      <div className="json-head">
        <span className="dim">{bytes(text.length + cut)}</span>
        {cut > 0 && (
          <Button small kind="quiet" onClick={() => setWhole(true)}>
            Show long texts whole ({bytes(cut)} more)
          </Button>
        )}
        <Copy label={`Copy ${label}`} text={all} />
      </div>
      <Code label={label} value={text} language="json" most={most} bare unwrapped={whole} />
    </div>
  );
}

// A text that is no JSON is shown as it is.
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// hasLong reports whether a text in a value would be cut. To look first spares most values a function for each of their members.
function hasLong(value: unknown): boolean {
  if (typeof value === "string") return value.length > long;
  return typeof value === "object" && value !== null && Object.values(value).some(hasLong);
}

function written(value: unknown, whole: boolean): { text: string; cut: number } {
  let cut = 0;
  const shorten = (text: string) => {
    if (text.length <= long) return text;
    cut += text.length - long;
    return `${text.slice(0, long)}… (${bytes(text.length - long)} more)`;
  };
  if (typeof value === "string") return whole ? { text: value, cut } : { text: shorten(value), cut };
  if (whole || !hasLong(value)) return { text: JSON.stringify(value, null, 2) ?? "", cut };
  const text = JSON.stringify(value, (_, item) => (typeof item === "string" ? shorten(item) : item), 2) ?? "";
  return { text, cut };
}
