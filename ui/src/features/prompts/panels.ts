// What stands side by side in the editor: the draft first, then variants of it. A panel is written in the address, so that a link shows the same.
import type { Content } from "./content";

/** The draft as it is; the draft with another model; or a saved version. */
export type Panel =
  | { kind: "draft" }
  | { kind: "model"; provider: string; model: string }
  | { kind: "version"; id: string };

export const most = 4;

/** The panels of an address: the draft, and those of `panels`. What is no panel is left out. */
export function panelsOf(written: string[] | undefined): Panel[] {
  const others = (written ?? []).map(read).filter((panel): panel is Panel => panel !== undefined);
  return [{ kind: "draft" as const }, ...others].slice(0, most);
}

/** The panels but the draft, as an address holds them. */
export function write(panels: Panel[]): string[] | undefined {
  const out = panels.flatMap((panel) => {
    if (panel.kind === "draft") return [];
    return [panel.kind === "version" ? panel.id : `${panel.provider}:${panel.model}`];
  });
  return out.length > 0 ? out : undefined;
}

function read(text: string): Panel | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return { kind: "version", id: text };
  const [provider, model] = [text.slice(0, colon), text.slice(colon + 1)];
  return provider && model ? { kind: "model", provider, model } : undefined;
}

/** The content that a panel runs. `saved` is that of the version it names, if it does. */
export function contentOfPanel(
  panel: Panel,
  draft: Content,
  saved: (id: string) => Content | undefined,
): Content | undefined {
  if (panel.kind === "draft") return draft;
  if (panel.kind === "version") return saved(panel.id);
  return { ...draft, provider: panel.provider as Content["provider"], model: panel.model };
}
