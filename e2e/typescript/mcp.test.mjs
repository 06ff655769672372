// The official TypeScript SDK of the Model Context Protocol against /mcp, and an MCP server of others, server-everything, as Tools.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { apiKey, json, newPath, request, user } from "./helpers.mjs";

const require = createRequire(process.env.E2E_NODE_ROOT + "/");
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");

const base = process.env.E2E_MCP_URL;
const api = (method, path, body) => json(method, path, body, base + "/v5");
const everything = { tool_type: "mcp", setup_values: { url: process.env.E2E_MCP_SERVER_URL } };
const nameOf = (path) => path.replaceAll("/", "__");

async function connect(headers = { Authorization: `Bearer ${apiKey}` }) {
  const client = new Client({ name: "e2e", version: "1" });
  const faults = [];
  client.onerror = (error) => faults.push(error);
  await client.connect(new StreamableHTTPClientTransport(new URL(base + "/mcp"), { requestInit: { headers } }));
  return Object.assign(client, { faults });
}

// all lists the tools on all pages, by their titles, which are paths.
async function all(client) {
  const tools = new Map();
  let cursor;
  do {
    const page = await client.listTools({ cursor });
    for (const tool of page.tools) tools.set(tool.title, tool);
    cursor = page.nextCursor;
  } while (cursor);
  return tools;
}

const text = (result) => result.content.map((part) => part.text).join("|");

let client;
before(async () => { client = await connect(); });
after(() => client.close());

test("a client learns who serves", () => {
  assert.equal(client.getServerVersion().name, "openloop");
  assert.deepEqual(Object.keys(client.getServerCapabilities()).sort(), ["prompts", "tools"]);
  assert.match(client.getInstructions(), /workspace/);
});

test("a Prompt is listed, called and logged", async () => {
  const path = newPath("prompt");
  await api("POST", "/prompts", { path, provider: "mock", model: "echo", template: [user("Hello {{name}}!")] });
  const tool = (await all(client)).get(path);
  assert.deepEqual(tool.inputSchema, { type: "object", properties: { name: { type: "string" } }, required: ["name"] });
  const result = await client.callTool({ name: tool.name, arguments: { name: "Ada" } });
  assert.equal(text(result), "Hello Ada!");
  assert.ok(!result.isError);
  const log = await api("GET", `/logs/${result._meta["openloop/log_id"]}`);
  assert.equal(log.source, "mcp");
  assert.equal(log.output, "Hello Ada!");
  const prompt = await client.getPrompt({ name: tool.name, arguments: { name: "Ada" } });
  assert.deepEqual(prompt.messages, [{ role: "user", content: { type: "text", text: "Hello Ada!" } }]);
});

test("a Tool is listed and called, with its arguments checked", async () => {
  const path = newPath("tool");
  const parameters = { type: "object", properties: { key: { type: "string" } }, required: ["key"] };
  await api("POST", "/tools", { path, tool_type: "snippet", setup_values: { hi: "Good day" }, function: { name: "greet", description: "Greets.", parameters } });
  const tool = (await all(client)).get(path);
  assert.equal(tool.description, "Greets.");
  assert.deepEqual(tool.inputSchema, parameters);
  assert.equal(text(await client.callTool({ name: tool.name, arguments: { key: "hi" } })), "Good day");
  const failed = await client.callTool({ name: tool.name, arguments: { key: 1 } });
  assert.equal(failed.isError, true);
  assert.match(text(failed), /key must be a string.*\(reason validation_failed, request req_\w+\)/);
  assert.equal(failed._meta["openloop/detail"].reason, "validation_failed");
});

test("a failure of a model is a result with its reason", async () => {
  const path = newPath("failing");
  await api("POST", "/prompts", { path, provider: "mock", model: "error/context_length_exceeded", template: [user("x")] });
  const failed = await client.callTool({ name: nameOf(path) });
  assert.equal(failed.isError, true);
  assert.equal(failed._meta["openloop/detail"].reason, "context_length_exceeded");
});

test("an unknown tool is an error of the protocol", async () => {
  await assert.rejects(client.callTool({ name: "nobody" }), { code: -32602, message: /There is no tool "nobody"/ });
});

test("a client needs a key, in either header", async () => {
  await assert.rejects(connect({}), { code: 401 });
  await assert.rejects(connect({ Authorization: "Bearer hl_sk_unknown" }), { code: 401 });
  const other = await connect({ "X-API-KEY": apiKey });
  await other.listTools();
  assert.deepEqual(other.faults, []);
  await other.close();
});

test("a Tool is a function of another MCP server", async () => {
  const path = newPath("echo");
  const saved = await api("POST", "/tools", { path, ...everything, setup_values: { ...everything.setup_values, tool: "echo" } });
  assert.equal(saved.function.name, "echo");
  assert.ok(saved.function.parameters.properties.message);
  const log = await api("POST", "/tools/call", { path, inputs: { message: "hi" } });
  assert.equal(log.output, "Echo: hi");
  assert.equal(log.error, null);
  assert.equal(text(await client.callTool({ name: nameOf(path), arguments: { message: "through" } })), "Echo: through");
});

test("results that are no texts are JSON", async () => {
  const path = newPath("image");
  await api("POST", "/tools", { path, ...everything, setup_values: { ...everything.setup_values, tool: "get-tiny-image" } });
  const log = await api("POST", "/tools/call", { path, inputs: {} });
  const lines = log.output.split("\n");
  assert.equal(JSON.parse(lines[1]).mimeType, "image/png");
});

test("an Agent calls another MCP server, and an MCP client the Agent", async () => {
  const path = newPath("agent");
  const tool = await api("POST", "/tools", { path: path + "/everything", ...everything, setup_values: { ...everything.setup_values, tool: "*" } });
  assert.ok(tool.setup_values.functions.length > 5);
  await api("POST", "/agents", {
    path, provider: "openai", model: "gpt-4o", template: [user("{{task}}")], tools: [{ type: "file", link: { file_id: tool.id } }],
  });
  const listed = await all(client);
  assert.ok(listed.get(`${path}/everything echo`).name.endsWith("__echo"));
  const result = await client.callTool({ name: listed.get(path).name, arguments: { task: "Ask the other server whether it is there." } });
  assert.equal(text(result), "The other server says: anybody there.");
  const log = await api("GET", `/logs/${result._meta["openloop/log_id"]}`);
  assert.equal(log.source, "mcp");
  assert.equal(log.trace_children.length, 1);
  assert.equal(log.trace_children[0].output, "Echo: anybody there");
  assert.deepEqual(log.trace_children[0].metadata, { openloop: { function: "echo" } });
});

test("a Tool of all functions is called by the name of one", async () => {
  const path = newPath("everything");
  await api("POST", "/tools", { path, ...everything, setup_values: { ...everything.setup_values, tool: "*" } });
  const log = await api("POST", "/tools/call", { path, function: "get-sum", inputs: { a: 1, b: 2 } });
  assert.match(log.output, /3/);
  const { status, text } = await request("POST", "/tools/call", { path, inputs: {} }, base + "/v5");
  assert.equal(status, 422);
  assert.match(text, /Name the one to call: .*echo/);
});
