// The parameters that a form shows one by one. What else a content holds stands in its own section.
import type { Content } from "./content";

export interface Parameter {
  name: keyof Content;
  label: string;
  hint: string;
  form: "number" | "whole" | "list" | "effort";
  min?: number;
  max?: number;
  step?: number;
}

export const parameters: readonly Parameter[] = [
  {
    name: "temperature",
    label: "Temperature",
    hint: "Higher is more varied.",
    form: "number",
    min: 0,
    max: 2,
    step: 0.1,
  },
  {
    name: "top_p",
    label: "Top P",
    hint: "The share of likely tokens to choose from.",
    form: "number",
    min: 0,
    max: 1,
    step: 0.05,
  },
  {
    name: "max_tokens",
    label: "Max tokens",
    hint: "The longest answer; -1 leaves it to the provider.",
    form: "whole",
    min: -1,
  },
  { name: "reasoning_effort", label: "Reasoning effort", hint: "A level, or a number of tokens.", form: "effort" },
  { name: "stop", label: "Stop", hint: "Texts at which the model stops.", form: "list" },
  {
    name: "presence_penalty",
    label: "Presence penalty",
    hint: "Above 0 favours new subjects.",
    form: "number",
    min: -2,
    max: 2,
    step: 0.1,
  },
  {
    name: "frequency_penalty",
    label: "Frequency penalty",
    hint: "Above 0 avoids repetition.",
    form: "number",
    min: -2,
    max: 2,
    step: 0.1,
  },
  { name: "seed", label: "Seed", hint: "The same seed asks for the same answer.", form: "whole" },
  {
    name: "max_retries",
    label: "Retries",
    hint: "How often a failed call is tried again, when that can help.",
    form: "whole",
    min: 0,
    max: 10,
  },
];
