// A client of the types that were generated from the document of the server. That it compiles is a part of the test.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

// title tells Logs apart by their type.
export function title(log: Schemas["Log"]): string {
  switch (log.type) {
    case "prompt": return log.prompt.model;
    case "tool": return log.tool.name;
    case "evaluator": return String(log.judgment) + log.parent_id;
    case "flow": return log.flow.path;
    case "agent": return log.agent.path;
  }
}

// figure tells statistics apart by the type of the judgments.
export function figure(stats: Schemas["EvaluatorStats"]): number {
  switch (stats.return_type) {
    case "number": return stats.mean ?? 0;
    case "boolean": return stats.num_true;
    case "select": case "multi_select": return Object.keys(stats.num_judgments_per_option).length;
    case "text": return stats.num_judgments;
  }
}

export function nameOf(tool: Schemas["AgentToolResponse"]): string {
  return tool.type === "inline" ? tool.json_schema.name : tool.link.file_id;
}

export function whose(detail: Schemas["Detail"]): string {
  switch (detail.origin_class) {
    case "caller": return "yours";
    case "provider": return detail.origin;
    case "server": return detail.request_id ?? "unknown";
  }
}

// run calls a Prompt, reads and refuses, and returns what it found.
export async function run(baseUrl: string, key: string, path: string) {
  const api = createClient<paths, "application/json">({ baseUrl, headers: { "X-API-KEY": key } });
  const called = await api.POST("/v5/prompts/call", {
    body: { path, prompt: { model: "echo", provider: "mock" }, inputs: { any: [1, "b"] }, messages: [{ role: "user", content: "Hello!" }] },
  });
  if (called.error) throw new Error(called.error.detail.message);
  const logs = await api.GET("/v5/logs", { params: { query: { file_id: called.data.prompt.id } } });
  const refused = await api.GET("/v5/prompts/{id}", { params: { path: { id: "nobody" } } });
  const text = await createClient<paths, "text/plain">({ baseUrl, headers: { "X-API-KEY": key } })
    .GET("/v5/prompts/{id}/serialize", { params: { path: { id: called.data.prompt.id } }, parseAs: "text" });
  return {
    output: called.data.logs[0]?.output,
    inputs: logs.data?.records[0]?.inputs["any"],
    reason: refused.error && whose(refused.error.detail) + " " + refused.error.detail.reason,
    text: text.data?.includes("model: echo"),
  };
}

// refusals are what the types must not take.
export async function refusals(baseUrl: string) {
  const api = createClient<paths, "application/json">({ baseUrl });
  // @ts-expect-error there is no body
  await api.POST("/v5/evaluations", {});
  // @ts-expect-error no version is named
  await api.POST("/v5/evaluations", { body: { evaluators: [{ orchestrated: true }] } });
  // @ts-expect-error no File is named
  await api.POST("/v5/prompts", { body: { model: "echo" } });
}
