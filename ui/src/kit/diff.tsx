import { Fragment, useEffect, useMemo, useState } from "react";
import type { Diff as Differences, DiffLine, DiffRow, Piece } from "../lib/diff";
import { diffOf } from "../lib/differ";
import { plural } from "../lib/format";
import { runs } from "./diff-model";
import { Skeleton } from "./skeleton";
import "./diff.css";

interface Props {
  before: string;
  after: string;
  /** What both are, as the heads of the columns: "deployed", "draft". */
  names: [before: string, after: string];
  view?: "split" | "unified";
  /** Lines around a change; the others fold. */
  around?: number;
}

/** What differs between two texts, line by line and in changed lines word by word. Long texts are compared beside the page's work. */
export function Diff({ before, after, names, view = "split", around = 3 }: Props) {
  const found = useDiff(before, after);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const parts = useMemo(() => (found ? runs(found.rows, around) : []), [found, around]);
  if (!found) return <Skeleton lines={6} />;
  if (found.added + found.removed === 0) return <p className="dim">Both are the same.</p>;
  const split = view === "split";
  return (
    <div className="diff-place">
      <table className={`diff diff-${view}`}>
        <caption className="unseen">
          {plural(found.added, "line")} added, {plural(found.removed, "line")} removed
        </caption>
        <colgroup>
          <col className="diff-col" />
          <col className={split ? undefined : "diff-col"} />
          {split && <col className="diff-col" />}
          <col />
        </colgroup>
        <thead>
          <tr>
            <th colSpan={split ? 2 : 3} scope="col">
              <span className="diff-minus">−{found.removed}</span> {names[0]}
              {!split && ` → ${names[1]} `}
              {!split && <span className="diff-plus">+{found.added}</span>}
            </th>
            {split && (
              <th colSpan={2} scope="col">
                <span className="diff-plus">+{found.added}</span> {names[1]}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {parts.map(({ from, rows, folded }) =>
            folded && !open.has(from) ? (
              <tr key={from} className="diff-fold">
                <td colSpan={split ? 4 : 3}>
                  <button type="button" onClick={() => setOpen(new Set([...open, from]))}>
                    Show {plural(rows.length, "unchanged line")}
                  </button>
                </td>
              </tr>
            ) : (
              <Fragment key={from}>
                {rows.map((row) =>
                  split ? <Beside key={keyOf(row)} row={row} /> : <Below key={keyOf(row)} row={row} />,
                )}
              </Fragment>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const keyOf = (row: DiffRow) => `${row.old?.number ?? ""}:${row.new?.number ?? ""}`;

function useDiff(before: string, after: string): Differences | undefined {
  const asked = useMemo(() => diffOf(before, after), [before, after]);
  const [late, setLate] = useState<{ asked: unknown; diff: Differences }>();
  useEffect(() => {
    if (!(asked instanceof Promise)) return;
    let current = true;
    asked.then((diff) => current && setLate({ asked, diff })).catch(() => undefined);
    return () => {
      current = false;
    };
  }, [asked]);
  if (!(asked instanceof Promise)) return asked;
  return late?.asked === asked ? late.diff : undefined;
}

function Beside({ row }: { row: DiffRow }) {
  return (
    <tr>
      <Side line={row.old} kind={row.kind === "same" ? "same" : "gone"} />
      <Side line={row.new} kind={row.kind === "same" ? "same" : "new"} />
    </tr>
  );
}

function Side({ line, kind }: { line: DiffLine | undefined; kind: "same" | "gone" | "new" }) {
  if (!line) return <td colSpan={2} className="diff-nothing" />;
  return (
    <>
      <td className="diff-number">{line.number}</td>
      <td className={`diff-text diff-${kind}`}>
        <Pieces pieces={line.pieces} kind={kind} />
      </td>
    </>
  );
}

function Below({ row }: { row: DiffRow }) {
  const both = row.kind === "changed";
  return (
    <>
      {(both || row.kind !== "new") && <Single row={row} kind={row.kind === "same" ? "same" : "gone"} />}
      {(both || row.kind === "new") && <Single row={row} kind="new" />}
    </>
  );
}

function Single({ row, kind }: { row: DiffRow; kind: "same" | "gone" | "new" }) {
  const line = kind === "new" ? row.new : row.old;
  return (
    <tr>
      <td className="diff-number">{kind === "new" ? "" : row.old?.number}</td>
      <td className="diff-number">{kind === "gone" ? "" : row.new?.number}</td>
      <td className={`diff-text diff-${kind}`}>{line && <Pieces pieces={line.pieces} kind={kind} />}</td>
    </tr>
  );
}

const signs = { same: " ", gone: "−", new: "+" };

function Pieces({ pieces, kind }: { pieces: Piece[]; kind: "same" | "gone" | "new" }) {
  const partly = pieces.some(({ changed }) => !changed);
  return (
    <>
      <span className="diff-sign">{signs[kind]}</span>
      {pieces.map(({ text, changed }, i) =>
        changed && partly ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces are only replaced together.
          <mark key={i}>{text}</mark>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <Fragment key={i}>{text}</Fragment>
        ),
      )}
    </>
  );
}
