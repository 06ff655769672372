import Check from "lucide-react/icons/check";
import CopyIcon from "lucide-react/icons/copy";
import { useEffect, useState } from "react";
import { copy } from "../lib/copy";
import { Button, IconButton } from "./button";

interface Props {
  /** What is copied, whole; a function is asked when it is pressed. */
  text: string | (() => string | Promise<string>);
  /** What it is: "Copy id". */
  label: string;
  /** With the label as text instead of a tooltip. */
  words?: boolean;
  kind?: "plain" | "quiet";
  keys?: string;
}

/** A button that copies. It says "Copied" for two seconds, also aloud, or that the browser refused. */
export function Copy({ text, label, words, kind = "quiet", keys }: Props) {
  const [said, setSaid] = useState<"" | "Copied" | "The browser refused">("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const press = async () => {
    const done = await copy(typeof text === "function" ? await text() : text);
    setSaid(done ? "Copied" : "The browser refused");
  };
  const icon = said === "Copied" ? <Check size={14} aria-hidden /> : <CopyIcon size={14} aria-hidden />;
  return (
    <>
      {words ? (
        <Button small kind={kind} icon={icon} keys={keys} onClick={press}>
          {said || label}
        </Button>
      ) : (
        <IconButton small kind={kind} label={said || label} keys={keys} onClick={press}>
          {icon}
        </IconButton>
      )}
      <span className="unseen" role="status">
        {said}
      </span>
    </>
  );
}
