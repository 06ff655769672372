// What the tests share: the server under test, the emulator of the providers, and ways to talk to both.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(process.env.E2E_NODE_ROOT + "/");

export const { Humanloop, HumanloopError, HumanloopClient } = require("humanloop");
export const { OpenAI } = require("openai");
export const url = process.env.E2E_URL + "/v5";
export const bareUrl = process.env.E2E_BARE_URL + "/v5"; // has no provider's settings
export const storingUrl = process.env.E2E_STORING_URL + "/v5"; // nor has this one, but it may call private addresses
export const providerKey = process.env.E2E_PROVIDER_KEY; // the right one, for all providers
export const emulator = process.env.E2E_EMULATOR_URL;
export const guardedEmulator = process.env.E2E_GUARDED_EMULATOR_URL; // takes the right key alone
export const apiKey = process.env.OPENLOOP_API_KEY;

// All clients of a process send their spans as the first one is told to.
export const client = new HumanloopClient({ baseUrl: url, apiKey, instrumentProviders: { OpenAI } });

// The SDK repeats failed requests by default, which only costs time here.
export const once = { maxRetries: 0 };

// newPath is a path that no other test uses.
export const newPath = (name) => `e2e/typescript/${name}-${randomUUID()}`;

export const user = (content) => ({ role: "user", content });

// collect gathers an async iterable, such as a stream or a pager.
export async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

// request sends plain HTTP, for what the SDK hides: headers, fields that it does not know, the form of events.
export async function request(method, path, body, base = url) {
  const response = await fetch(base + path, {
    method,
    headers: { "X-API-KEY": apiKey, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

// json is request for an answer in JSON of the status 200.
export async function json(method, path, body, base = url) {
  const { status, text } = await request(method, path, body, base);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
  return JSON.parse(text);
}

// stream calls a Prompt and returns the chunks of the stream, each with the name of its event.
export async function stream(body, base = url) {
  const { status, text } = await request("POST", "/prompts/call", { ...body, stream: true }, base);
  if (status !== 200) throw new Error(`streamed call: ${status} ${text}`);
  return text
    .split("\n\n")
    .filter((event) => event.includes("data:"))
    .map((event) => ({
      event: /^event: (.*)$/m.exec(event)?.[1],
      ...JSON.parse(/^data: (.*)$/m.exec(event)[1]),
    }));
}

// received tells whether the emulator got a request for a model at a path.
export async function received(path, model) {
  const response = await fetch(`${emulator}/__aimock/journal?limit=1000`);
  const entries = await response.json();
  return entries.some((entry) => entry.path.startsWith(path) && decodeURIComponent(entry.body.model) === model);
}

/**
 * caller calls a Prompt of a surface, at a path of its own, and reads the Log of each call: `call` expects an answer, `streamed` a
 * stream, `fails` an error. `ids` are the Logs that the calls should have left. A body may bring another prompt.
 */
export function caller(surface, base = url) {
  const path = newPath(surface.name.replace(" ", "-"));
  const prompt = { provider: surface.provider, model: surface.model, endpoint: surface.endpoint, max_tokens: 1000 };
  const ids = [];
  const logOf = (id) => {
    ids.push(id);
    return json("GET", `/logs/${id}`, undefined, base);
  };
  return {
    path, prompt, ids,
    async call(body) {
      const answer = await json("POST", "/prompts/call", { path, prompt, ...body }, base);
      return { ...answer.logs[0], log: await logOf(answer.logs[0].id) };
    },
    async streamed(body) {
      const chunks = await stream({ path, prompt, ...body }, base);
      return { text: chunks.map((chunk) => chunk.output).join(""), chunks, last: chunks.at(-1), log: await logOf(chunks[0].id) };
    },
    async fails(body) {
      const { status, headers, text } = await request("POST", "/prompts/call", { path, prompt, ...body }, base);
      const { detail } = JSON.parse(text);
      if (!detail) throw new Error(`the call did not fail: ${text}`);
      return { status, headers, detail, log: detail.log_id && (await logOf(detail.log_id)) };
    },
  };
}
