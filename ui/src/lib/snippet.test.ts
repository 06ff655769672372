import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Language, snippets } from "./snippet";

const secret = "hl_sk_test";
const heard: { method?: string; url?: string; key?: string | string[]; body: string }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    heard.push({ method: request.method, url: request.url, key: request.headers["x-api-key"], body });
    response.end("{}");
  });
});
let url = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address) url = `http://127.0.0.1:${address.port}/x`;
});
afterAll(() => server.close());

const runs: Record<Language, (code: string) => string[]> = {
  curl: (code: string) => ["bash", "-c", code],
  python: (code: string) => ["python3", "-c", code],
  typescript: (code: string) => ["node", "--input-type=module", "-e", code],
};

const calls: Call[] = [
  { method: "GET", path: "/v5/logs", query: { file_id: "pr_1", size: 10, reason: ["a b", "c&d"], none: undefined } },
  {
    method: "POST",
    path: "/v5/prompts/call",
    body: {
      path: 'it\'s/a "name"',
      inputs: { text: "Grüße\n$HOME `x` \\n 👋" },
      draft: true,
      n: 1.5,
      none: null,
      list: [],
      more: { a: [1, {}] },
    },
  },
  { method: "DELETE", path: "/v5/logs", query: { id: "log_1" } },
  { method: "PATCH", path: "/v5/prompts/pr_1", body: { name: "new" } },
];

const has = (program: string) => {
  try {
    execFileSync("which", [program]);
    return true;
  } catch {
    return false;
  }
};

test.each(calls.flatMap((call) => (Object.keys(runs) as Language[]).map((language) => [language, call] as const)))(
  "%s makes the call %o",
  async (language, call) => {
    const [program = "", ...rest] = runs[language](snippets(call, url)[language]);
    if (!has(program)) return;
    heard.length = 0;
    const child = spawn(program, rest, { env: { ...process.env, OPENLOOP_API_KEY: secret } });
    await new Promise((resolve) => child.on("close", resolve));
    const query = call.query
      ? { GET: "?file_id=pr_1&size=10&reason=a+b&reason=c%26d", DELETE: "?id=log_1" }[call.method as "GET"]
      : "";
    expect(heard.map((h) => ({ ...h, body: h.body ? JSON.parse(h.body) : undefined }))).toEqual([
      { method: call.method, url: `/x${call.path}${query}`, key: secret, body: call.body },
    ]);
  },
);
