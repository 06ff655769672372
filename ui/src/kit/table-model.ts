// The arithmetic of a table: where the cursor goes, what is selected, and what keeps its place. Without DOM, so that it can be tested.

/** The row that a key leads to from row `at` of `count`; undefined when the key does not move. -1 is the head, if it can be entered. */
export function step(key: string, at: number, count: number, page: number, head = false): number | undefined {
  const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + page, PageUp: at - page }[key];
  const first = head && key === "ArrowUp" && at <= 0 ? -1 : 0;
  if (to !== undefined) return Math.min(count - 1, Math.max(first, to));
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}

/** Selected, with the key in it if it was not, and without it if it was. */
export function toggled(selected: ReadonlySet<string>, key: string): Set<string> {
  const out = new Set(selected);
  if (!out.delete(key)) out.add(key);
  return out;
}

/** Selected, with every row from `from` to `to` in it, whichever is first. */
export function selectedTo(
  selected: ReadonlySet<string>,
  keyAt: (index: number) => string,
  from: number,
  to: number,
): Set<string> {
  const out = new Set(selected);
  for (let i = Math.min(from, to); i <= Math.max(from, to); i++) out.add(keyAt(i));
  return out;
}

/** The row with that key; -1 if there is none. Looks first where rows added above would have moved it. */
export function find(
  key: string,
  count: number,
  keyAt: (index: number) => string,
  was: number,
  countBefore: number,
): number {
  for (const guess of [was, was + count - countBefore]) {
    if (guess >= 0 && guess < count && keyAt(guess) === key) return guess;
  }
  for (let i = 0; i < count; i++) if (keyAt(i) === key) return i;
  return -1;
}

/** The columns as CSS writes them. A column that was sized by hand keeps that width; the others share what is left by `grow`. */
export function template(
  columns: readonly { id: string; width: number; grow?: number }[],
  widths: Readonly<Record<string, number>>,
): string {
  return columns
    .map(({ id, width, grow }) => {
      const sized = widths[id];
      if (sized !== undefined) return `${sized}px`;
      return grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`;
    })
    .join(" ");
}

/** The least width of all columns together, in px. */
export const leastWidth = (
  columns: readonly { id: string; width: number }[],
  widths: Readonly<Record<string, number>>,
): number => columns.reduce((sum, { id, width }) => sum + (widths[id] ?? width), 0);
