// What the palette offers for what is typed: pure, so that it can be tested.
import { addressOf, type Hit } from "../../api/queries/search";
import { kindOfId } from "../../lib/ids";
import { type Scope, ways } from "../../lib/keys";

export interface Item {
  id: string;
  /** The heading that it stands below. */
  group: string;
  label: string;
  detail?: string;
  keys?: string;
  /** The address that it opens, or what it does. */
  act: string | (() => unknown);
}

export type Mode = "all" | "actions" | "files" | "logs";

/** The mode that the first sign says, and the words after it. */
export function said(typed: string): { mode: Mode; words: string } {
  const mode = ({ ">": "actions", "@": "files", "#": "logs" } as const)[typed[0] as ">"];
  return { mode: mode ?? "all", words: (mode ? typed.slice(1) : typed).trim() };
}

const places: Item[] = [
  ["Home", "/", "g h"],
  ["Files", "/files", "g f"],
  ["Logs", "/logs?type=!evaluator", "g l"],
  ["Settings: providers", "/settings/providers"],
  ["Settings: API keys", "/settings/keys"],
  ["Settings: environments", "/settings/environments"],
  ["Settings: my sign-ins", "/settings/me"],
  ["Settings: about this server", "/settings/about"],
  ["First steps", "/welcome"],
].map(([label = "", act = "", keys]) => ({ id: act, group: "Go to", label, act, keys }));

const has = (text: string, words: string) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));

/** All that is offered, group by group. */
export function itemsOf(typed: string, scopes: Scope[], hits: Hit[]): Item[] {
  const { mode, words } = said(typed);
  const actions =
    mode === "all" || mode === "actions" ? actionsOf(scopes).filter(({ label }) => has(label, words)) : [];
  if (mode === "actions") return actions;
  const found = hits.flatMap((hit) => itemOf(hit) ?? []);
  if (mode === "files") return found;
  if (mode === "logs") return [...byId(words, found), ...found, ...withWords(words)];
  const went = places.filter(({ label }) => has(label, words));
  if (!words) return [...went, ...actions];
  return [...byId(words, found), ...found, ...went, ...actions, ...withWords(words)];
}

function actionsOf(scopes: Scope[]): Item[] {
  const seen = new Set<string>();
  return scopes.flatMap(({ title, commands }) =>
    commands
      .filter(({ does, quiet }) => !quiet && !seen.has(does) && seen.add(does))
      .filter(({ does }) => !does.startsWith("Go to "))
      .map((command) => ({
        id: `${title} ${command.does}`,
        group: title,
        label: command.does,
        keys: ways(command)[0],
        act: command.run,
      })),
  );
}

// An id that the search does not know, or has not yet found, still has an address.
function byId(words: string, found: Item[]): Item[] {
  const kind = kindOfId(words);
  const id = encodeURIComponent(words);
  if (kind === "request") {
    return [{ id: words, group: "By id", label: `Logs of ${words}`, act: `/logs?request=${id}` }];
  }
  if (kind === "Log" && !found.some((item) => item.id === words)) {
    return [{ id: words, group: "By id", label: `Log ${words}`, act: `/logs/${id}` }];
  }
  return [];
}

const withWords = (words: string): Item[] =>
  words && !kindOfId(words)
    ? [
        {
          id: "words",
          group: "Logs",
          label: `Logs that contain “${words}”`,
          act: `/logs?${new URLSearchParams({ q: words })}`,
        },
      ]
    : [];

const groups: Partial<Record<Hit["type"], string>> = {
  file: "Files",
  directory: "Directories",
  version: "Versions",
  environment: "Environments",
  log: "Logs",
  api_key: "API keys",
};

function itemOf(hit: Hit): Item | undefined {
  const group = groups[hit.type];
  const act = addressOf(hit);
  if (!group || !act) return undefined;
  return { id: hit.id, group, label: hit.title, detail: hit.detail || hit.kind, act };
}
