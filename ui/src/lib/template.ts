// Where a template names its variables. It is for marking and completing while one types; what is an error, the server's render says.

export type TemplateLanguage = "default" | "jinja";

/** A place in braces. Offsets are of UTF-16 units, as JavaScript counts. */
export interface TemplatePlace {
  /** The whole of it, with its braces. */
  from: number;
  to: number;
  /** The variables that it reads, with their places; empty for what only looks like one. */
  reads: { name: string; from: number; to: number }[];
}

/** The places of a template, in order. */
export function places(text: string, language: TemplateLanguage): TemplatePlace[] {
  return language === "jinja" ? jinjaPlaces(text) : plainPlaces(text);
}

/** The names that a template reads, each once, in the order of their first use. */
export function variables(text: string, language: TemplateLanguage): string[] {
  return [...new Set(places(text, language).flatMap(({ reads }) => reads.map(({ name }) => name)))];
}

// A name of the default language may have dots and brackets; a call of a tool is no variable.
function plainPlaces(text: string): TemplatePlace[] {
  return [...text.matchAll(/\{\{(\s*)([\p{L}_][\p{L}\p{N}_.[\]-]*)\s*\}\}/gu)].map((match) => {
    const name = match[2] ?? "";
    const from = match.index + 2 + (match[1]?.length ?? 0);
    return { from: match.index, to: match.index + match[0].length, reads: [{ name, from, to: from + name.length }] };
  });
}

const words = new Set(
  "and or not in is if else elif endif for endfor set endset block endblock macro endmacro raw endraw filter endfilter call endcall with endwith include import from extends as recursive do autoescape endautoescape true false none True False None loop range dict lipsum cycler joiner namespace".split(
    " ",
  ),
);

function jinjaPlaces(text: string): TemplatePlace[] {
  const out: TemplatePlace[] = [];
  const own = new Set<string>(); // names that the template itself sets
  let raw = false;
  for (const match of text.matchAll(/\{#[\s\S]*?#\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g)) {
    const inner = match[1] ?? match[2];
    if (inner === undefined) continue;
    const word = match[2] === undefined ? "" : (/^[-+]?\s*(\w+)/.exec(inner)?.[1] ?? "");
    if (raw) {
      raw = word !== "endraw";
      continue;
    }
    raw = word === "raw";
    const from = match.index + 2;
    if (word === "for" || word === "set" || word === "macro" || word === "with") {
      for (const name of targets(word, inner)) own.add(name);
    }
    const reads = named(inner, from).filter(({ name }) => !own.has(name));
    out.push({ from: match.index, to: match.index + match[0].length, reads });
  }
  return out;
}

// targets are the names to which a statement gives values.
function targets(word: string, inner: string): string[] {
  const heads: Record<string, RegExp> = {
    for: /\bfor\s+(.+?)\s+in\b/s,
    set: /\bset\s+([\w\s,]+?)\s*(?:=|$)/s,
    macro: /\bmacro\s+\w+\s*\(([^)]*)\)/s,
    with: /\bwith\s+(.*)$/s,
  };
  const said = heads[word]?.exec(inner)?.[1] ?? "";
  if (word === "with") return [...said.matchAll(/(\w+)\s*=(?!=)/g)].map((match) => match[1] ?? "");
  return said.split(/[,()]/).map((name) => (name.split("=")[0] ?? "").trim());
}

// named are the first names of expressions: no attributes, filters, tests, strings, calls' keywords or words of the language.
function named(inner: string, offset: number): TemplatePlace["reads"] {
  const out: TemplatePlace["reads"] = [];
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d[\w.]*|[\p{L}_][\p{L}\p{N}_]*|[^\s]/gu;
  let before = "";
  for (const match of inner.matchAll(token)) {
    const said = match[0];
    const isName = /^[\p{L}_]/u.test(said) && !words.has(said);
    const attached =
      before === "." ||
      before === "|" ||
      before === "is" ||
      (before === "not" && /\bis\s+not\s+$/.test(inner.slice(0, match.index)));
    const keyword = /^\s*=(?!=)/.test(inner.slice(match.index + said.length));
    if (isName && !attached && !keyword) {
      out.push({ name: said, from: offset + match.index, to: offset + match.index + said.length });
    }
    before = said;
  }
  return out;
}
