// What differs between two texts: by lines, and in lines that became others by words.
import { changes } from "./myers";

/** A part of a line. `changed` is what the other side does not have. */
export interface Piece {
  text: string;
  changed: boolean;
}

export interface DiffLine {
  /** From 1. */
  number: number;
  pieces: Piece[];
}

/** A line of a diff: on both sides alike, changed into another, or on one side alone. */
export interface DiffRow {
  kind: "same" | "changed" | "gone" | "new";
  old?: DiffLine;
  new?: DiffLine;
}

export interface Diff {
  rows: DiffRow[];
  added: number; // lines
  removed: number;
}

/** What makes `after` of `before`. */
export function diff(before: string, after: string): Diff {
  const a = linesOf(before);
  const b = linesOf(after);
  const out: Diff = { rows: [], added: 0, removed: 0 };
  let i = 0;
  let j = 0;
  const same = (until: number) => {
    for (; i < until; i++, j++) {
      const pieces = whole(a[i] ?? "", false);
      out.rows.push({ kind: "same", old: { number: i + 1, pieces }, new: { number: j + 1, pieces } });
    }
  };
  const [x, y] = numbered(a, b);
  for (const { a0, a1, b0, b1 } of changes(x, y)) {
    same(a0);
    out.rows.push(...block(a, b, a0, a1, b0, b1));
    out.removed += a1 - a0;
    out.added += b1 - b0;
    i = a1;
    j = b1;
  }
  same(a.length);
  return out;
}

const linesOf = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split(/\r?\n/));
const whole = (text: string, changed: boolean): Piece[] => [{ text, changed }];

// numbered gives equal texts equal numbers, so that comparing them is cheap.
function numbered(a: readonly string[], b: readonly string[]): [Int32Array, Int32Array] {
  const known = new Map<string, number>();
  const numbers = (texts: readonly string[]) =>
    Int32Array.from(texts, (text) => {
      const number = known.get(text) ?? known.size;
      known.set(text, number);
      return number;
    });
  return [numbers(a), numbers(b)];
}

// block pairs the lines of a change in order, where a line kept enough of its words to be called the same line.
function block(a: string[], b: string[], a0: number, a1: number, b0: number, b1: number): DiffRow[] {
  const out: DiffRow[] = [];
  const gone = (i: number): DiffRow => ({ kind: "gone", old: { number: i + 1, pieces: whole(a[i] ?? "", true) } });
  const come = (j: number): DiffRow => ({ kind: "new", new: { number: j + 1, pieces: whole(b[j] ?? "", true) } });
  const pairs = Math.min(a1 - a0, b1 - b0);
  for (let n = 0; n < pairs; n++) {
    const i = a0 + n;
    const j = b0 + n;
    const words = diffWords(a[i] ?? "", b[j] ?? "");
    if (words.kept < 0.3) {
      out.push(gone(i), come(j));
      continue;
    }
    out.push({ kind: "changed", old: { number: i + 1, pieces: words.old }, new: { number: j + 1, pieces: words.new } });
  }
  for (let i = a0 + pairs; i < a1; i++) out.push(gone(i));
  for (let j = b0 + pairs; j < b1; j++) out.push(come(j));
  return out;
}

const words = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** What differs between two lines, by words. `kept` is the share, from 0 to 1, of what is not space that both have. */
export function diffWords(before: string, after: string): { old: Piece[]; new: Piece[]; kept: number } {
  const a = before.match(words) ?? [];
  const b = after.match(words) ?? [];
  const [x, y] = numbered(a, b);
  const old: Piece[] = [];
  const come: Piece[] = [];
  let kept = 0;
  let i = 0;
  const same = (until: number) => {
    const text = a.slice(i, until).join("");
    kept += text.replace(/\s/g, "").length;
    add(old, text, false);
    add(come, text, false);
    i = until;
  };
  for (const { a0, a1, b0, b1 } of changes(x, y)) {
    same(a0);
    add(old, a.slice(a0, a1).join(""), true);
    add(come, b.slice(b0, b1).join(""), true);
    i = a1;
  }
  same(a.length);
  const size = Math.max(before.replace(/\s/g, "").length, after.replace(/\s/g, "").length);
  return { old, new: come, kept: size === 0 ? 1 : kept / size };
}

function add(pieces: Piece[], text: string, changed: boolean) {
  if (text) pieces.push({ text, changed });
}
