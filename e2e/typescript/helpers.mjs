// What the tests share: the server under test, the emulator of the providers, and ways to talk to both.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(process.env.E2E_NODE_ROOT + "/");
const sdk = require("humanloop");

export const { Humanloop, HumanloopError, HumanloopClient } = sdk;
export const url = process.env.E2E_URL + "/v5";
export const emulator = process.env.E2E_EMULATOR_URL;
export const apiKey = process.env.OPENLOOP_API_KEY;
export const client = new HumanloopClient({ environment: url, apiKey });

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
export async function request(method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: { "X-API-KEY": apiKey, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

// json is request for an answer in JSON of the status 200.
export async function json(method, path, body) {
  const { status, text } = await request(method, path, body);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
  return JSON.parse(text);
}

// stream calls a Prompt and returns the chunks of the stream, each with the name of its event.
export async function stream(body) {
  const { status, text } = await request("POST", "/prompts/call", { ...body, stream: true });
  if (status !== 200) throw new Error(`streamed call: ${status} ${text}`);
  return text
    .split("\n\n")
    .filter((event) => event.includes("data:"))
    .map((event) => ({
      event: /^event: (.*)$/m.exec(event)?.[1],
      ...JSON.parse(/^data: (.*)$/m.exec(event)[1]),
    }));
}

// received is what the emulator got, newest last: the requests to a path of a provider.
export async function received(path) {
  const response = await fetch(`${emulator}/__aimock/journal?limit=1000`);
  const entries = await response.json();
  return entries.filter((entry) => entry.path.includes(path));
}
