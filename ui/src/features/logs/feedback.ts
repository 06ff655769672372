// What people are asked of a Log.
import type { Evaluator } from "../../api/queries/evaluators";

export type Value = boolean | number | string | string[];

/** An Evaluator whose judgments people give. */
export interface Human {
  path: string;
  type: "boolean" | "number" | "select" | "multi_select" | "text";
  instructions?: string;
  /** Of select, multi_select and boolean; the value of each is sent. */
  options: readonly { value: Value; label: string; valence?: "positive" | "negative" | "neutral" }[];
  limits: { min?: number; max?: number; step?: number };
}

// These exist on every server, and are not listed before they are used.
const always: readonly Human[] = [
  {
    path: "rating",
    type: "select",
    options: [
      { value: "good", label: "Good", valence: "positive" },
      { value: "bad", label: "Bad", valence: "negative" },
    ],
    limits: {},
  },
  { path: "correction", type: "text", options: [], limits: {} },
];

/** What people may be asked: rating and correction first, then the human Evaluators of the workspace. */
export function asked(evaluators: readonly Evaluator[]): Human[] {
  const humans = evaluators.filter(({ spec }) => spec.evaluator_type === "human").map(humanOf);
  const first = always.map((one) => humans.find(({ path }) => path === one.path) ?? one);
  return [...first, ...humans.filter(({ path }) => !always.some((one) => one.path === path))];
}

function humanOf({ path, spec }: Evaluator): Human {
  const options = "options" in spec ? (spec.options ?? []) : [];
  return {
    path,
    type: spec.return_type,
    instructions: "instructions" in spec ? spec.instructions : undefined,
    options:
      spec.return_type === "boolean"
        ? [
            { value: true, label: "Yes" },
            { value: false, label: "No" },
          ]
        : options.map(({ name, valence }) => ({ value: name, label: name, valence })),
    limits: ("number_limits" in spec && spec.number_limits) || {},
  };
}

/** A judgment in words. */
export function written(value: Value | null | undefined): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
