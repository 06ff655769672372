// What can be done with a Log, by keys, buttons and menus.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { logQuery } from "../../api/queries/log";
import { forbidden, me } from "../../api/queries/me";
import { toast } from "../../kit/toast";
import { copy } from "../../lib/copy";
import type { Command } from "../../lib/keys";
import type { Language } from "../../lib/snippet";
import { prefix } from "../../routes";
import { callOf, codeOf } from "./calls";
import type { Facts } from "./log";

/** A question that stands over the screen. */
export interface Asked {
  dialog: "dataset" | "delete" | "replay" | "call";
  logs: readonly Pick<Facts, "id" | "file" | "type" | "children">[];
}

export interface Action extends Command {
  id: "editor" | "replay" | "dataset" | "feedback" | "link" | "curl" | "call" | "page" | "delete";
  /** Why it cannot be done, if so. */
  why?: string;
}

interface Act {
  ask: (asked: Asked) => void;
  /** Opens where the Log is judged. */
  feedback: (id: string) => void;
}

/** What can be done with a Log; nothing if there is none. */
export function useLogActions(log: Facts | undefined, { ask, feedback }: Act): Action[] {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: who } = useQuery(me);
  if (!log) return [];
  const { id, file, type } = log;
  const notPrompt = type === "prompt" ? undefined : "Only Logs of Prompts can be run again.";
  const why = forbidden(who?.role, "developer");
  const dialog = (name: Asked["dialog"]) => () => ask({ dialog: name, logs: [log] });
  const edit = () => file && navigate({ to: "/files/$id/editor", params: { id: file.id }, search: { log: id } });
  const say = async (what: string, text: string) => {
    const done = await copy(text);
    toast(done ? { title: `${what} copied` } : { title: "The browser refused to copy", kind: "bad" });
  };
  const as = async (language: Language) => {
    const found = await queries.fetchQuery(logQuery(id));
    await say(`Call as ${language}`, codeOf(callOf(found))[language]);
  };
  const actions: Action[] = [
    { id: "editor", keys: "e", does: "Open in editor", run: edit, why: notPrompt },
    { id: "replay", keys: "p", does: "Replay with another model", run: dialog("replay"), why: notPrompt },
    { id: "dataset", keys: "d", does: "Add to a Dataset", run: dialog("dataset"), why },
    { id: "feedback", keys: "n", does: "Give feedback", run: () => feedback(id) },
    { id: "link", keys: "y", does: "Copy the permanent link", run: () => say("Link", linkOf(id)) },
    { id: "curl", keys: "c", does: "Copy the call as curl", run: () => as("curl") },
    { id: "call", keys: "shift+c", does: "Copy the call as…", run: dialog("call") },
    { id: "page", does: "Open as a page", run: () => navigate({ to: "/logs/$id", params: { id } }) },
    { id: "delete", does: "Delete the Log", run: dialog("delete"), why },
  ];
  return actions.map((action) => (action.why ? { ...action, run: () => toast({ title: action.why ?? "" }) } : action));
}

/** The address of a Log, for other people. */
export const linkOf = (id: string) => `${location.origin}${prefix}/logs/${id}`;
