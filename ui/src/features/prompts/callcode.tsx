import { useState } from "react";
import { base } from "../../api/client";
import { Button } from "../../kit/button";
import { Popover } from "../../kit/popover";
import { Select } from "../../kit/select";
import { Snippet } from "../../kit/snippet";
import { type Call, snippets } from "../../lib/snippet";
import { sent } from "./conversation";
import type { Draft } from "./draft";
import { callOf } from "./run";

interface Props {
  file: string;
  path: string;
  draft: Draft;
}

const calls = [
  { value: "draft", label: "Run this draft", hint: "What Run does." },
  { value: "deployed", label: "Call what is deployed", hint: "By the path, with the same inputs." },
] as const;
type Which = (typeof calls)[number]["value"];

/** The calls that do the same from a program. */
export function CallCode(props: Props) {
  return (
    <Popover title="Call it from code" align="end" trigger={<Button kind="quiet">Code</Button>}>
      <Choice {...props} />
    </Popover>
  );
}

function Choice({ file, path, draft }: Props) {
  const [which, setWhich] = useState<Which>("draft");
  const call = which === "draft" ? draftCall(file, draft) : deployedCall(path, draft);
  return (
    <div className="prompt-code">
      <Select aria-label="Which call" value={which} onChange={setWhich} options={calls} />
      <Snippet code={snippets(call, location.origin + base)} />
    </div>
  );
}

/** The call that Run makes. */
export const draftCall = (file: string, draft: Draft): Call => ({
  method: "POST",
  path: "/v5/prompts/call",
  body: callOf({ file, ...draft, messages: sent(draft.messages) }),
});

/** The call of what is deployed, with the same inputs and messages. */
export const deployedCall = (path: string, { inputs, messages }: Draft): Call => {
  const after = sent(messages);
  return {
    method: "POST",
    path: "/v5/prompts/call",
    body: { path, inputs, messages: after.length > 0 ? after : undefined },
  };
};
