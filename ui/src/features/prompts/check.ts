// Whether an answer is what its response format asks for, as far as one sees at a glance: JSON, with the members that must be there.
import type { Content } from "./content";

/** What is wrong with an answer, at most five things; none if it fits. Undefined if any text will do. */
export function faultsOf(text: string, format: Content["response_format"]): string[] | undefined {
  if (!format) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return [`This is no JSON: ${cause instanceof Error ? cause.message : "it cannot be read"}.`];
  }
  if (!isObject(value)) return ["This is JSON, but no object."];
  const schema = format.type === "json_schema" ? format.json_schema?.schema : undefined;
  return isObject(schema) ? misfits(value, schema, "").slice(0, 5) : [];
}

function misfits(value: unknown, schema: Record<string, unknown>, at: string): string[] {
  const wrong = wrongType(value, schema.type);
  if (wrong) return [`${at || "The answer"} must be ${wrong}.`];
  if (Array.isArray(value)) {
    const { items } = schema;
    return isObject(items) ? value.flatMap((item, i) => misfits(item, items, `${at}[${i}]`)) : [];
  }
  if (!isObject(value)) return [];
  const name = (member: string) => (at ? `${at}.${member}` : member);
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const missing = required.filter((member) => !(member in value)).map((member) => `${name(member)} is missing.`);
  const members = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const inner = members.flatMap(([member, its]) =>
    member in value && isObject(its) ? misfits(value[member], its, name(member)) : [],
  );
  return [...missing, ...inner];
}

const words: Record<string, string> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

// wrongType is what a value must be and is not.
function wrongType(value: unknown, type: unknown): string | undefined {
  const allowed = [type].flat().filter((one): one is string => typeof one === "string" && one in words);
  if (allowed.length === 0 || allowed.some((one) => isOf(value, one))) return undefined;
  return allowed.map((one) => words[one]).join(" or ");
}

function isOf(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
