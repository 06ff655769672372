// What a person typed in the editor and has not saved. It begins from a version, or from what a Log ran.
import { useCallback, useRef } from "react";
import { drafts } from "../../lib/drafts";
import { useDraft } from "../../lib/useDraft";
import { type Content, contentOf, type Message, type PromptVersion, same, type ToolChoice } from "./content";

export interface Draft {
  content: Content;
  inputs: Record<string, unknown>;
  /** The messages that follow those of the template. */
  messages: Message[];
  samples: number;
  /** That of the Log which is run again. */
  toolChoice?: ToolChoice;
  /** The content as text, while it is edited so: what is typed stays, even when it is no content. */
  text?: string;
}

export interface Edited {
  /** Undefined until it is known whether this browser has a draft. */
  draft: Draft | undefined;
  change: (part: Partial<Draft>) => void;
  /** Whether the content differs from what it began from. */
  dirty: boolean;
  restored: number | undefined;
  elsewhere: boolean;
  drop: () => Promise<void>;
}

const keyOf = (file: string, from: string) => `prompt/${file}/${from}`;

/** Goes on with a saved version: inputs and messages stay. A draft that began from that version before is left as it is. */
export async function carry(file: string, version: PromptVersion, draft: Draft): Promise<void> {
  const key = keyOf(file, version.version_id);
  if (await drafts.load(key)) return;
  await drafts.save(key, { ...draft, content: contentOf(version), text: undefined });
}

/** The draft that began from `start`. Each version that one begins from has a draft of its own, so that no edit takes another's place. */
export function useEdited(file: string, from: string, start: Draft): Edited {
  const { value, set, ...rest } = useDraft<Draft>(keyOf(file, from), start);
  const latest = useRef(value); // two changes may come before the next render
  latest.current = value;
  const change = useCallback(
    (part: Partial<Draft>) => {
      if (!latest.current) return;
      latest.current = { ...latest.current, ...part };
      set(latest.current);
    },
    [set],
  );
  return {
    ...rest,
    draft: value,
    change,
    dirty: value !== undefined && !same(value.content, start.content),
  };
}
