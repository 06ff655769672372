import { describe, expect, it } from "vitest";
import { type Answer, add, begin, type Chunk, ended } from "./answer";

const event = (rest: Partial<Chunk>): Chunk => ({
  output: "",
  created_at: "2026-11-29T10:00:00Z",
  index: 0,
  id: "log_1",
  prompt_id: "pr_1",
  version_id: "prv_1",
  ...rest,
});
const fold = (...events: Partial<Chunk>[]): Answer => events.map(event).reduce(add, begin(0));

describe("add", () => {
  it("joins the pieces of a text and ends with the figures of the last event", () => {
    const answer = fold(
      { output: "Good " },
      { output: "morning" },
      {
        finish_reason: "stop",
        output_message: { role: "assistant", content: "Good morning" },
        provider: "mock",
        model: "echo",
        prompt_tokens: 4,
        output_tokens: 2,
        prompt_cost: 0.25,
        output_cost: 0.5,
        provider_latency: 0.1,
      },
    );
    expect(answer).toEqual({
      index: 0,
      log: "log_1",
      version: "prv_1",
      text: "Good morning",
      thinking: "",
      calls: [],
      attempts: [],
      finish: "stop",
      message: { role: "assistant", content: "Good morning" },
      provider: "mock",
      model: "echo",
      promptTokens: 4,
      outputTokens: 2,
      reasoningTokens: undefined,
      cost: 0.75,
      latency: 0.1,
    });
    expect(ended(answer)).toBe(true);
  });

  it("joins the arguments of a tool call whose pieces come one by one", () => {
    const piece = (id: string, name: string, args: string) =>
      ({
        output_message: {
          role: "assistant",
          tool_calls: [{ id, type: "function", function: { name, arguments: args } }],
        },
      }) as Partial<Chunk>;
    expect(fold(piece("c1", "weather", '{"ci'), piece("c1", "", 'ty":1}'), piece("c2", "time", "{}")).calls).toEqual([
      { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":1}' } },
      { id: "c2", type: "function", function: { name: "time", arguments: "{}" } },
    ]);
  });

  it("keeps what was said before a failure", () => {
    const detail = {
      type: "service_unavailable_error",
      message: "Cut.",
      code: 503,
      origin: "mock",
      origin_class: "provider",
      reason: "stream_interrupted",
      retryable: true,
      doc_url: "/docs",
    } as const;
    const answer = fold({ output: "Half" }, { error: "Cut.", detail });
    expect([answer.text, answer.failure, ended(answer)]).toEqual(["Half", detail, true]);
  });

  it("does not know a cost when the server does not", () => {
    expect(fold({ finish_reason: "stop" }).cost).toBeUndefined();
  });
});
