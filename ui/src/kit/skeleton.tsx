import "./skeleton.css";

interface Props {
  /** Bars below each other. */
  lines?: number;
  /** The height that the content will have, in px; instead of lines. */
  height?: number;
  /** As rows of a table. */
  rows?: boolean;
}

const widths = ["92%", "78%", "85%", "61%", "88%", "70%"];

/** Stands where content will be, in its final size. Give the place around it `aria-busy`. */
export function Skeleton({ lines = 3, height, rows }: Props) {
  if (height !== undefined) return <div className="skeleton" style={{ height }} aria-hidden="true" />;
  return (
    <div className={rows ? "skeleton-rows" : "skeleton-lines"} aria-hidden="true">
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars are all alike.
        <div key={i} className="skeleton" style={{ width: widths[i % widths.length] }} />
      ))}
    </div>
  );
}
