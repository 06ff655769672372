// A call of the API as a program or a person would make it. No secret is in it: the key is a variable of the environment.

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path with the API's version, as /v5/prompts/call. */
  path: string;
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: unknown;
}

export type Language = "curl" | "python" | "typescript";

/** The call in each language, as the kit's Snippet takes it. The server is the URL that the call goes to, without a slash at its end. */
export function snippets(call: Call, server: string): Record<Language, string> {
  const url = server + call.path + queryOf(call);
  return { curl: curl(call, url), python: python(call, url), typescript: typescript(call, url) };
}

function queryOf({ query = {} }: Call): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of [value].flat()) out.append(name, String(item));
  }
  return out.size > 0 ? `?${out}` : "";
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function curl({ method, body }: Call, url: string): string {
  const parts = [
    `curl ${method === "GET" || (method === "POST" && body !== undefined) ? "" : `-X ${method} `}${quoted(url)}`,
  ];
  parts.push(`-H "X-API-KEY: $OPENLOOP_API_KEY"`);
  if (body !== undefined)
    parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body, null, 2))}`);
  return parts.join(" \\\n  ");
}

// The standard library alone, so that it runs anywhere.
function python({ method, body }: Call, url: string): string {
  const lines = ["import json, os, urllib.request", ""];
  const data = body === undefined ? "" : "data=json.dumps(body).encode(), ";
  const type = body === undefined ? "" : `, "Content-Type": "application/json"`;
  if (body !== undefined) lines.push(`body = ${pythonValue(body)}`);
  lines.push(
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)}, ${data}method="${method}",`,
    `    headers={"X-API-KEY": os.environ["OPENLOOP_API_KEY"]${type}},`,
    ")",
    "with urllib.request.urlopen(request) as response:",
    "    print(response.read().decode())",
  );
  return lines.join("\n");
}

function pythonValue(value: unknown, indent = ""): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  const inner = `${indent}    `;
  const list = Array.isArray(value);
  const items = list
    ? value.map((item) => pythonValue(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${JSON.stringify(name)}: ${pythonValue(item, inner)}`);
  const [open, close] = list ? "[]" : "{}";
  return items.length === 0
    ? `${open}${close}`
    : `${open}\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}${close}`;
}

function typescript({ method, body }: Call, url: string): string {
  const type = body === undefined ? "" : `, "Content-Type": "application/json"`;
  const lines = [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: "${method}",`,
    `  headers: { "X-API-KEY": process.env.OPENLOOP_API_KEY ?? ""${type} },`,
  ];
  if (body !== undefined)
    lines.push(`  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),`);
  lines.push("});", "console.log(await response.text());");
  return lines.join("\n");
}
