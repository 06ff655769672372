// Filters as text: `name:value`, `!name:value` excludes, a value with spaces stands in quotes.

export interface Filter {
  name: string;
  value: string;
  /** Excludes the value instead. */
  not?: boolean;
}

/** What was typed: a filter, a beginning of one, or free text. */
export type Typed = { kind: "text"; text: string } | ({ kind: "filter" } & Filter);

/** Reads what was typed. Only a name that is known makes a filter; all else is free text. */
export function read(typed: string, known: (name: string) => boolean): Typed {
  const text = typed.trim();
  const match = /^([!-]?)([\w.][\w./-]*):(.*)$/s.exec(text);
  const name = match?.[2] ?? "";
  if (!match || !known(name)) return { kind: "text", text };
  const filter: Typed = { kind: "filter", name, value: unquoted((match[3] ?? "").trim()) };
  return match[1] ? { ...filter, not: true } : filter;
}

function unquoted(text: string): string {
  const inner = /^"(.*)"?$/s.exec(text)?.[1];
  return inner === undefined ? text : inner.replace(/"$/, "").replaceAll('\\"', '"');
}

/** A filter as one would type it. */
export function write({ name, value, not }: Filter): string {
  const quoted = /[\s"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value;
  return `${not ? "!" : ""}${name}:${quoted}`;
}

export const same = (a: Filter, b: Filter) => a.name === b.name && a.value === b.value && !a.not === !b.not;

/** Filters with one more; a filter that is there already, or its opposite, makes place for it. */
export function withFilter(filters: readonly Filter[], added: Filter): Filter[] {
  return [...filters.filter(({ name, value }) => name !== added.name || value !== added.value), added];
}
