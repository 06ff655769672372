import type { DiffRow } from "../lib/diff";

/** Rows that are shown together, or folded together because they are far from any change. */
export interface Run {
  from: number; // index of its first row
  rows: DiffRow[];
  folded: boolean;
}

/** Cuts rows into runs. At least four rows fold, as folding fewer saves no place. */
export function runs(rows: readonly DiffRow[], around: number): Run[] {
  const near = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    if (row.kind !== "same") near.fill(1, Math.max(0, i - around), i + around + 1);
  });
  const out: Run[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (to < rows.length && near[to] === near[from]) to++;
    out.push({ from, rows: rows.slice(from, to), folded: !near[from] && to - from >= 4 });
    from = to;
  }
  return out;
}
