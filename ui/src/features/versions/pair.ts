// Which two versions are compared.
import type { VersionRow } from "../../api/queries/versions";
import type { VersionListSearch as Search } from "../../routes";

export type { Search };

export interface Pair {
  a: string;
  b: string;
}

/**
 * The old and the new version that an address asks for; undefined for none. Without an old one it is what the default environment has, or of that
 * version itself the one before it.
 */
export function pairOf(
  { a, b }: Search,
  production: string | undefined,
  rows: readonly VersionRow[],
): Pair | undefined {
  if (!b) return undefined;
  const before = rows.find(({ id }) => id === b)?.previous_id;
  const old = a ?? (production !== b ? production : undefined) ?? before;
  return old && old !== b ? { a: old, b } : undefined;
}

/** Two selected versions, the older first. */
export function pairOfSelected(selected: ReadonlySet<string>, rows: readonly VersionRow[]): Pair | undefined {
  const [newer, older] = rows.filter(({ id }) => selected.has(id));
  return newer && older && selected.size === 2 ? { a: older.id, b: newer.id } : undefined;
}

/** The last two that were selected. */
export const lastTwo = (selected: ReadonlySet<string>) => new Set([...selected].slice(-2));
