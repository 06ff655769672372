import { describe, expect, it } from "vitest";
import {
  canonical,
  changes,
  contentOf,
  having,
  imagesOf,
  type Message,
  messagesOf,
  type PromptVersion,
  same,
  saying,
  textOf,
} from "./content";

const version = {
  id: "pr_1",
  path: "a",
  name: "a",
  version_id: "prv_1",
  status: "committed",
  type: "prompt",
  model: "echo",
  provider: "mock",
  temperature: 0,
  template: [{ role: "user", content: "Hi {{name}}" }],
  tools: [],
  linked_tools: [{ id: "tl_1", version_id: "tv_1", name: "f", description: "" }],
  attributes: { team: "a" },
  tags: [],
  environments: [],
} as unknown as PromptVersion;

describe("contentOf", () => {
  it("keeps every member of the content and nothing else, and names linked Tools by their ids", () => {
    expect(contentOf(version)).toEqual({
      provider: "mock",
      model: "echo",
      template: [{ role: "user", content: "Hi {{name}}" }],
      temperature: 0,
      linked_tools: ["tl_1"],
      attributes: { team: "a" },
    });
  });
});

describe("same", () => {
  it("does not mind the order of members, nor absent ones", () => {
    expect(
      same(
        { model: "a", other: { x: 1, y: [{ b: 1, a: 2 }] } },
        { other: { y: [{ a: 2, b: 1 }], x: 1 }, model: "a", top_p: undefined },
      ),
    ).toBe(true);
  });
  it("minds the order of a list", () => {
    expect(same({ stop: ["a", "b"] }, { stop: ["b", "a"] })).toBe(false);
  });
});

it("canonical leaves a null in a list", () => {
  expect(canonical({ b: [null, 1], a: null })).toBe('{"b":[null,1]}');
});

it("changes names what differs", () => {
  const before = { model: "echo", temperature: 0.2 };
  expect(changes(before, having(having(before, "temperature", 0.7), "max_tokens", 5))).toEqual([
    { name: "max_tokens", from: "", to: "5" },
    { name: "temperature", from: "0.2", to: "0.7" },
  ]);
});

it("having takes a member away", () => {
  expect(having({ model: "a", seed: 1 }, "seed", undefined)).toEqual({ model: "a" });
});

it("a text template is a message of the user", () => {
  expect(messagesOf({ model: "a", template: "Hi" })).toEqual([{ role: "user", content: "Hi" }]);
});

it("saying writes images as parts, and reads them back", () => {
  const message = saying({ role: "user" }, "look", ["data:image/png;base64,AA"]);
  expect([textOf(message), imagesOf(message), saying(message, "look", [])]).toEqual([
    "look",
    ["data:image/png;base64,AA"],
    { role: "user", content: "look" },
  ]);
});

it("saying keeps what no field shows", () => {
  const image = { type: "image_url" as const, image_url: { url: "https://a.test/1.png", detail: "low" as const } };
  const file = { type: "file" as const, file: { file_url: "https://a.test/1.pdf" } };
  const audio = { type: "input_audio" as const, input_audio: { data: "AA", format: "wav" as const } };
  const mark = { type: "ephemeral" as const };
  const message: Message = {
    role: "user",
    content: [file, { type: "text", text: "look", cache_control: mark }, image, audio],
  };
  const parts = (text: string, ...more: unknown[]) => [{ type: "text", text, cache_control: mark }, ...more];
  expect([
    saying(message, "see", imagesOf(message)).content,
    saying(message, "see", []).content,
    saying({ role: "user", content: [file] }, "", []).content,
    saying({ role: "user", content: [{ type: "text", text: "look" }] }, "see", []).content,
  ]).toEqual([parts("see", image, file, audio), parts("see", file, audio), [file], "see"]);
});
