import { expect, test } from "vitest";
import type { Hit } from "../../api/queries/search";
import type { Scope } from "../../lib/keys";
import { itemsOf, said } from "./items";

const run = () => undefined;
const scopes: Scope[] = [
  {
    title: "Logs",
    commands: [
      { does: "Open in editor", keys: "e", run },
      { does: "Next", keys: "j", run, quiet: true },
    ],
  },
  { title: "Everywhere", commands: [{ does: "Use the dark theme", run }] },
];
const hit = (more: Partial<Hit>): Hit => ({ type: "file", id: "pr_1", title: "a/b", match: "word", ...more });
const offered = (typed: string, hits: Hit[] = []) =>
  itemsOf(typed, scopes, hits).map(({ group, label, act }) => [group, label, typeof act === "string" ? act : "act"]);

test("the first sign says what is looked for", () => {
  expect([">", "@a b", "# x", "x>"].map(said)).toEqual([
    { mode: "actions", words: "" },
    { mode: "files", words: "a b" },
    { mode: "logs", words: "x" },
    { mode: "all", words: "x>" },
  ]);
});

test("actions are found by their words in any order", () => {
  expect(offered(">editor open")).toEqual([["Logs", "Open in editor", "act"]]);
});

test("what only moves a selection is no action", () => {
  expect(offered(">").map(([, label]) => label)).toEqual(["Open in editor", "Use the dark theme"]);
});

test("what was found comes before places, actions and words in Logs", () => {
  expect(offered("set", [hit({ title: "set/up" })])).toEqual([
    ["Files", "set/up", "/files/pr_1"],
    ["Go to", "Settings: providers", "/settings/providers"],
    ["Go to", "Settings: API keys", "/settings/keys"],
    ["Go to", "Settings: environments", "/settings/environments"],
    ["Go to", "Settings: my sign-ins", "/settings/me"],
    ["Go to", "Settings: about this server", "/settings/about"],
    ["Logs", "Logs that contain “set”", "/logs?q=set"],
  ]);
});

test("a pasted id opens", () => {
  expect(offered("req_0PjXk2Q9aBcDeFgHiJkLm")).toEqual([
    ["By id", "Logs of req_0PjXk2Q9aBcDeFgHiJkLm", "/logs?request=req_0PjXk2Q9aBcDeFgHiJkLm"],
  ]);
  expect(offered("log_0PjXk2Q9aBcDeFgHiJkLm")).toEqual([
    ["By id", "Log log_0PjXk2Q9aBcDeFgHiJkLm", "/logs/log_0PjXk2Q9aBcDeFgHiJkLm"],
  ]);
});

test("whatever is found has its address", () => {
  const hits = [
    hit({ type: "directory", id: "dir_1", title: "a&b" }),
    hit({ type: "version", id: "prv_1", file_id: "pr_1", kind: "prompt" }),
    hit({ type: "version", id: "dsv_1", file_id: "ds_1", kind: "dataset" }),
    hit({ type: "environment", id: "env_1", title: "staging" }),
    hit({ type: "log", id: "log_1" }),
    hit({ type: "api_key", id: "key_1" }),
    hit({ type: "run", id: "rn_1" }),
  ];
  expect(offered("@x", hits).map(([, , act]) => act)).toEqual([
    "/files?dir=a%26b",
    "/files/pr_1/editor?v=prv_1",
    "/files/ds_1/versions?b=dsv_1",
    "/files?env=staging",
    "/logs/log_1",
    "/settings/keys",
  ]);
});
