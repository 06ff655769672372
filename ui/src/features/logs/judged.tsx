// Judgments in a line.
import type { LogRow } from "../../api/queries/logs";

type Judgment = NonNullable<LogRow["judgments"]>[number];

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** A judgment as text: "rating: bad". */
export const judgedText = ({ path, judgment, failed }: Judgment) => `${nameOf(path)}: ${said(judgment, failed)}`;

function said(judgment: Judgment["judgment"], failed?: boolean): string {
  if (judgment === undefined) return failed ? "failed" : "none";
  if (typeof judgment === "boolean") return judgment ? "yes" : "no";
  return Array.isArray(judgment) ? judgment.join(", ") : String(judgment);
}

/** The judgments of a Log, as many as there is room for. */
export function Judged({ judgments }: { judgments: readonly Judgment[] }) {
  return (
    <span className="cut" title={judgments.map(judgedText).join("\n")}>
      {judgments.map((judgment, i) => (
        <span key={judgment.evaluator_id}>
          {i > 0 && ", "}
          <span className="dim">{nameOf(judgment.path)} </span>
          {said(judgment.judgment, judgment.failed)}
        </span>
      ))}
    </span>
  );
}
