// The runs of a Prompt on this browser, the newest first, to go back to.
import { drafts } from "../../lib/drafts";
import type { Content, Message } from "./content";
import type { Outcome } from "./run";

export interface Past {
  at: number; // milliseconds since 1970
  label: string; // model, or version
  content: Content;
  inputs: Record<string, unknown>;
  messages: Message[];
  outcome: Outcome;
  rating?: "good" | "bad";
}

export const most = 200;

const key = (file: string) => `history/${file}`;

export async function load(file: string): Promise<Past[]> {
  return (await drafts.load<Past[]>(key(file)))?.value ?? [];
}

/** past with new ones before it, and no more than 200. */
export const adding = (past: Past[], ...next: Past[]): Past[] => [...next, ...past].slice(0, most);

export const keep = (file: string, past: Past[]): Promise<void> => drafts.save(key(file), past);
