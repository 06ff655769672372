import { useEffect, useState } from "react";
import { base, callsOf } from "../api/client";
import { Snippet } from "../kit/snippet";
import { type Call, snippets } from "../lib/snippet";
import "./ascall.css";

interface Props {
  /** What the button does. It is asked for its calls, and nothing is sent. */
  of: () => PromiseLike<unknown>;
}

/** The calls of a button for a terminal or a program, with what is on the screen. */
export function AsCall({ of }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details className="ascall" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a call</summary>
      {open && <Calls of={of} />}
    </details>
  );
}

function Calls({ of }: Props) {
  const [calls, setCalls] = useState<Call[]>([]);
  useEffect(() => {
    let live = true;
    callsOf(of).then((found) => live && setCalls(found));
    return () => {
      live = false;
    };
  }, [of]);
  return calls.map((call) => (
    <Snippet key={`${call.method} ${call.path}`} code={snippets(call, location.origin + base)} />
  ));
}
