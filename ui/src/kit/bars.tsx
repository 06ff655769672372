import type { ReactNode } from "react";
import { share } from "../lib/format";
import "./bars.css";

interface Bar {
  id: string;
  label: ReactNode;
  value: number;
  /** The value as it is written. */
  said: ReactNode;
  /** A token of colour; else the first series. */
  colour?: string;
}

interface Props {
  label: string;
  bars: readonly Bar[];
  /** The value of a bar that fills the width; else the greatest. */
  most?: number;
  /** The sum that shares are of; without it none are shown. */
  all?: number;
}

/** Values below each other, each with its name, its bar and its figure. */
export function Bars({ label, bars, most = Math.max(0, ...bars.map(({ value }) => value)), all }: Props) {
  return (
    <ul className="bars" aria-label={label}>
      {bars.map(({ id, label: name, value, said, colour }) => (
        <li key={id} className="bar">
          <span className="bar-name cut">{name}</span>
          <span className="bar-said">
            {said}
            {all !== undefined && <span className="dim"> · {share(all === 0 ? undefined : value / all)}</span>}
          </span>
          <svg className="bar-line" width="100%" height="4" aria-hidden="true">
            <rect className="bar-ground" width="100%" height="4" rx="2" />
            <rect
              width={`${most > 0 ? Math.max(0.5, Math.min(1, value / most) * 100) : 0}%`}
              height="4"
              rx="2"
              style={{ fill: colour ?? "var(--series-1)" }}
            />
          </svg>
        </li>
      ))}
    </ul>
  );
}
