import "./spark.css";

interface Props {
  /** Equally spaced, the oldest first. */
  values: readonly number[];
  /** What of them failed; drawn over them in red. */
  failed?: readonly number[];
  /** Read aloud and shown on hover: "1,204 calls in 24 h, 3 failed". */
  label: string;
  width?: number;
  height?: number;
}

/** A chart as small as a word. The figures stand beside it or in its label. */
export function Spark({ values, failed = [], label, width = 96, height = 20 }: Props) {
  const most = Math.max(1, ...values);
  const wide = width / Math.max(1, values.length);
  const bar = (value: number, i: number, name: string) => {
    const tall = value > 0 ? Math.max(1.5, (value / most) * (height - 1)) : 0;
    return <rect key={i} className={name} x={i * wide} y={height - tall} width={Math.max(1, wide - 1)} height={tall} />;
  };
  return (
    <svg className="spark" width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <rect className="spark-ground" y={height - 1} width={width} height={1} />
      {values.map((value, i) => bar(value, i, "spark-bar"))}
      {failed.map((value, i) => bar(value, i, "spark-failed"))}
    </svg>
  );
}
