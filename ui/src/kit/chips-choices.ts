import { useEffect, useState } from "react";
import type { FilterName } from "./chips";
import { read, write } from "./chips-model";

/** A choice in the list of the filter bar. */
export interface Choice {
  /** What is shown: a value, or a name. */
  label: string;
  /** At the right end, as how many there are. */
  hint?: string;
  /** What is written into the field when it is taken. */
  write: string;
}

const none: readonly Choice[] = [];

/** The choices for what was typed: names at once, values when `complete` has them. Older values stay until then. */
export function useChoices(
  typed: string,
  names: readonly FilterName[],
  known: (name: string) => boolean,
  complete: (name: string, typed: string, signal: AbortSignal) => Promise<readonly Choice[]>,
  open: boolean,
): readonly Choice[] {
  const said = read(typed, known);
  const name = said.kind === "filter" ? said.name : undefined;
  const value = said.kind === "filter" ? said.value : "";
  const not = said.kind === "filter" && said.not;
  const [found, setFound] = useState<{ name: string; choices: readonly Choice[] }>({ name: "", choices: none });

  // biome-ignore lint/correctness/useExhaustiveDependencies: complete may be new at each render.
  useEffect(() => {
    if (!name || !open) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const choices = await complete(name, value, abort.signal).catch(() => none);
      if (!abort.signal.aborted) setFound({ name, choices });
    }, 60);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [name, value, open]);

  if (name) {
    if (found.name !== name) return none;
    return found.choices.map((choice) => ({
      ...choice,
      write: write({ name, value: choice.write, not: not || undefined }),
    }));
  }
  const sign = /^[!-]/.exec(typed)?.[0] ? "!" : "";
  const begun = typed.replace(/^[!-]/, "").trim().toLowerCase();
  return names
    .filter((one) => one.name.includes(begun))
    .map((one) => ({ label: `${sign}${one.name}:`, hint: one.hint, write: `${sign}${one.name}:` }));
}
