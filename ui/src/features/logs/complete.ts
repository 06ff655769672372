// The values that the filter bar offers.
import type { QueryClient } from "@tanstack/react-query";
import { evaluatorsQuery } from "../../api/queries/evaluators";
import { type LogField, type LogFilter, logFacetsQuery } from "../../api/queries/logs";
import type { Choice } from "../../kit/chips";
import { count } from "../../lib/format";
import { listed } from "./filters";

const said: Record<string, readonly string[]> = {
  latency: [">1s", ">2s", ">5s", ">30s", "<500ms"],
  cost: [">0.001", ">0.01", ">0.1", ">1"],
  tokens: [">1k", ">10k", ">100k"],
  in: ["trace"],
};

const plain = (values: readonly string[], typed: string): Choice[] =>
  values.filter((value) => value.startsWith(typed)).map((value) => ({ label: value, write: value }));

/** The values of a filter that begin with a text: those that Logs have, narrowed by all other filters, with how many have each. */
export async function complete(
  queries: QueryClient,
  filter: LogFilter,
  name: string,
  typed: string,
): Promise<readonly Choice[]> {
  const choices = said[name];
  if (choices) return plain(choices, typed);
  if (name === "judged" || name.startsWith("judged.")) return judged(queries, name.slice("judged.".length), typed);
  const parameter = listed[name as keyof typeof listed];
  if (!parameter || parameter === "request_id") return [];
  const others = { ...filter, [parameter]: undefined };
  const { values, exact } = await queries.fetchQuery(logFacetsQuery(others, parameter as LogField, typed));
  return values
    .filter(({ value }) => value !== "")
    .map(({ value, label, count: n }) => ({
      label: label ? `${label} (${value})` : value,
      hint: `${exact ? "" : "≥ "}${count(n)}`,
      write: value,
    }));
}

// judged offers the judgments that an Evaluator can give; without its path those of all.
async function judged(queries: QueryClient, path: string, typed: string): Promise<Choice[]> {
  const all = await queries.fetchQuery(evaluatorsQuery);
  const known = all.map(({ path: name, spec }) => ({ path: name, values: valuesOf(spec) }));
  if (!known.some(({ path: name }) => name === "rating")) known.unshift({ path: "rating", values: ["good", "bad"] });
  return known
    .filter(({ path: name }) => !path || name === path)
    .flatMap(({ path: name, values }) =>
      plain(
        values.map((value) => (path ? value : `${name}:${value}`)),
        typed,
      ),
    );
}

interface Spec {
  return_type: string;
  options?: readonly { name: string }[];
}

function valuesOf(spec: Spec): string[] {
  if (spec.return_type === "boolean") return ["true", "false"];
  if (spec.return_type === "number") return [">0", "<1"];
  return (spec.options ?? []).map(({ name }) => name);
}
