// Fills an empty server by its API, as people would: Files of all kinds with versions and deployments, and what has been called.
import { key } from "./server";

type Fields = Record<string, unknown>;

/** What was made, by the path of a File. */
export interface Seeded {
  /** The id of each File. */
  files: Record<string, string>;
  /** The ids of the versions of each File, the oldest first. */
  versions: Record<string, string[]>;
  environments: Record<string, string>;
  /** Logs that have something to show. */
  logs: { agent: string; flow: string; failed: string; long: string };
}

/** The API of a server, with the key of the tests. What is refused throws. */
export class Api {
  constructor(private readonly url: string) {}

  get = (path: string) => this.send("GET", path);
  post = (path: string, body?: Fields) => this.send("POST", path, body);

  /** The answer to a call that may fail. */
  async send(method: string, path: string, body?: Fields, failing = false): Promise<Fields> {
    const answer = await fetch(`${this.url}/v5${path}`, {
      method,
      headers: { "X-API-KEY": key, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok && !failing) throw new Error(`${method} ${path} is answered ${answer.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }
}

/** Seeds the server at url. Takes about two seconds. */
export async function seed(url: string): Promise<Seeded> {
  const api = new Api(url);
  const seeded: Seeded = {
    files: {},
    versions: {},
    environments: await environments(api),
    logs: { agent: "", flow: "", failed: "", long: "" },
  };
  for (const [kind, file] of files()) await save(api, seeded, kind, file);
  await deployAll(api, seeded);
  await calls(api, seeded);
  seeded.logs.agent = await agentTrace(api, seeded);
  seeded.logs.flow = await flowTrace(api);
  await judge(api, seeded);
  return seeded;
}

async function environments(api: Api): Promise<Record<string, string>> {
  const { records } = (await api.get("/environments")) as { records: { id: string; name: string }[] };
  return Object.fromEntries(records.map(({ id, name }) => [name, id]));
}

const greeting = (text: string, more: Fields = {}): Fields => ({
  path: "support/greeting",
  provider: "mock",
  model: "echo",
  template: [
    { role: "system", content: text },
    { role: "user", content: "{{question}}" },
  ],
  ...more,
});

const words = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };

// The content of each version, in order.
const files = (): [kind: string, file: Fields][] => [
  ["prompts", greeting("You help customers of {{shop}}.", { version_name: "v1", version_description: "The first" })],
  ["prompts", greeting("You help customers of {{shop}}. Be brief.", { version_name: "v2", temperature: 0.2 })],
  [
    "prompts",
    greeting("You help customers of {{shop}}. Be brief and kind.", {
      version_name: "v3",
      temperature: 0.7,
      max_tokens: 400,
    }),
  ],
  [
    "prompts",
    {
      path: "support/summary",
      provider: "mock",
      model: "lorem/120",
      version_name: "long",
      template: "Sum up: {{text}}",
    },
  ],
  [
    "prompts",
    { path: "marketing/campaigns/slogan", provider: "mock", model: "lorem/12", template: "A slogan for {{product}}" },
  ],
  [
    "tools",
    {
      path: "support/weather",
      tool_type: "mock",
      function: { name: "weather", description: "The weather of a city", parameters: words },
    },
  ],
  [
    "tools",
    {
      path: "support/count",
      version_name: "v1",
      function: { name: "count", description: "Counts words", parameters: words },
      source_code: "def count(text):\n    return len(text.split())",
    },
  ],
  [
    "datasets",
    {
      path: "support/questions",
      version_name: "ten",
      datapoints: Array.from({ length: 10 }, (_, i) => ({
        inputs: { question: `Where is parcel ${i + 1}?`, shop: "Tea & Co" },
        target: { output: `Parcel ${i + 1} is on its way.` },
      })),
    },
  ],
  [
    "evaluators",
    {
      path: "quality/rating",
      spec: {
        evaluator_type: "human",
        arguments_type: "target_free",
        return_type: "select",
        options: [
          { name: "good", valence: "positive" },
          { name: "bad", valence: "negative" },
        ],
      },
    },
  ],
  [
    "evaluators",
    {
      path: "quality/short",
      spec: {
        evaluator_type: "python",
        arguments_type: "target_free",
        return_type: "boolean",
        code: "def short(log):\n    return len(log['output'] or '') < 80",
      },
    },
  ],
  ["flows", { path: "support/visit", version_name: "v1", attributes: { steps: ["search", "answer"] } }],
];

async function save(api: Api, seeded: Seeded, kind: string, file: Fields): Promise<void> {
  const { id, version_id } = (await api.post(`/${kind}`, file)) as { id: string; version_id: string };
  const path = file.path as string;
  seeded.files[path] = id;
  seeded.versions[path] = [...(seeded.versions[path] ?? []), version_id];
}

/** Production has what was first saved, as always; staging has the newest of the greeting. */
async function deployAll(api: Api, { files, versions, environments }: Seeded): Promise<void> {
  const deploy = (version: number, environment: string) =>
    api.post(
      `/prompts/${files["support/greeting"]}/environments/${environments[environment]}?version_id=${versions["support/greeting"]?.[version]}`,
    );
  await deploy(1, "production");
  await deploy(2, "staging");
}

const reasons = [
  "rate_limited",
  "provider_overloaded",
  "provider_timeout",
  "key_invalid",
  "context_window_exceeded",
  "content_filtered",
  "model_not_found",
  "quota_exhausted",
];

/** About two hundred calls of four Prompts, one in eight of which fails, for many reasons. */
async function calls(api: Api, seeded: Seeded): Promise<void> {
  const each = Array.from({ length: 200 }, (_, i) => i);
  const one = async (i: number) => {
    if (i % 8 === 7) return fail(api, seeded, reasons[(i >> 3) % reasons.length] ?? "rate_limited");
    const answer = await call(api, i);
    if (i === 1) seeded.logs.long = answer.id as string;
  };
  for (let at = 0; at < each.length; at += 10) await Promise.all(each.slice(at, at + 10).map(one));
}

const questions = [
  "Where is my parcel?",
  "Do you ship to Norway?",
  "The tea is cold.\n\nWhat can I do?",
  "Ist der Tee frisch? Grüße aus Köln",
];

/** Calls a Prompt: the greeting as staging has it and as production has it, in turn, and others between. */
function call(api: Api, i: number, more: Fields = {}): Promise<Fields> {
  const metadata = { channel: i % 3 === 0 ? "mail" : "chat", attempt: i };
  const user = `customer-${i % 7}`;
  const post = (body: Fields, environment = "") =>
    api.post(`/prompts/call${environment && `?environment=${environment}`}`, { ...body, metadata, ...more });
  if (i % 4 === 1) return post({ path: "support/summary", inputs: { text: questions.join(" ").repeat(4) }, user });
  if (i % 4 === 3)
    return post({ path: "marketing/campaigns/slogan", inputs: { product: `Tea ${i}` }, source: "nightly" });
  const inputs = { shop: "Tea & Co", question: questions[i % 4] };
  return post({ path: "support/greeting", inputs, user }, i % 4 === 0 ? "staging" : "production");
}

async function fail(api: Api, seeded: Seeded, reason: string): Promise<void> {
  const prompt = { provider: "mock", model: `error/${reason}`, template: "Hello {{name}}" };
  const body = { path: "tests/failing", prompt, inputs: { name: "you" }, metadata: { wanted: reason } };
  const answer = (await api.send("POST", "/prompts/call", body, true)) as { detail?: { log_id?: string } };
  seeded.logs.failed ||= answer.detail?.log_id ?? "";
}

/** An Agent that calls a Tool of the server twice, and a Prompt. Returns the id of its Log. */
async function agentTrace(api: Api, seeded: Seeded): Promise<string> {
  await save(api, seeded, "agents", {
    path: "support/agent",
    version_name: "v1",
    provider: "mock",
    model: "tools",
    template: [{ role: "system", content: "You help customers." }],
    tools: ["support/weather", "support/count", "support/summary"].map((path) => ({
      type: "file",
      link: { file_id: seeded.files[path] },
    })),
  });
  const content = 'weather("Rome") weather("Oslo")\ncount("one two three")\nsummary("It rains in Oslo.")';
  const log = await api.post("/agents/call", { path: "support/agent", messages: [{ role: "user", content }] });
  return log.id as string;
}

/** A visit: a Tool, a call, a failed call below it. Returns the id of the Flow's Log. */
async function flowTrace(api: Api): Promise<string> {
  const flow = { path: "support/visit", log_id: "visit-1", inputs: { customer: "u1" }, log_status: "incomplete" };
  const { id } = await api.post("/flows/log", flow);
  await api.post("/tools/log", {
    path: "support/count",
    trace_parent_id: "visit-1",
    inputs: { text: "shoes" },
    output: "3 pairs",
  });
  await call(api, 0, { trace_parent_id: "visit-1" });
  const failing = { provider: "mock", model: "error/overloaded", template: [{ role: "user", content: "Hello" }] };
  await api.send("POST", "/prompts/call", { path: "tests/failing", prompt: failing, trace_parent_id: "visit-1" }, true);
  await api.send("PATCH", `/flows/logs/${id}`, { output: "Three pairs.", log_status: "complete" });
  return id as string;
}

async function judge(api: Api, { logs }: Seeded): Promise<void> {
  for (const [parent_id, judgment] of [
    [logs.long, "good"],
    [logs.agent, "bad"],
  ]) {
    await api.post("/evaluators/log", { path: "quality/rating", parent_id, judgment, user: "u1" });
  }
}
