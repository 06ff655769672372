// Every address of the UI, with its search parameters. The pages themselves come when they are opened.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { queries } from "./api/cache";
import {
  flag,
  joined,
  oneOf,
  type Params,
  params,
  parseSearch,
  stringifySearch,
  text,
  texts,
  whole,
} from "./lib/params";

export const kinds = ["prompt", "tool", "dataset", "evaluator", "flow", "agent"] as const;
export type Kind = (typeof kinds)[number];

/** The time range of a screen: `last`, or `from` and `to`, which are RFC 3339. */
const range = { last: text, from: text, to: text };

/** Filters of Logs, as chips show them. Each may be excluded by a leading "!". */
export const logFilterNames = [
  "path",
  "file",
  "version",
  "type",
  "provider",
  "model",
  "env",
  "status",
  "origin",
  "reason",
  "finish",
  "user",
  "source",
  "key",
  "request",
  "run",
  "latency",
  "cost",
  "tokens",
  "meta",
  "judged",
] as const;
const logFilters = Object.fromEntries(logFilterNames.map((name) => [name, texts])) as Record<
  (typeof logFilterNames)[number],
  typeof texts
>;

export const logTabs = ["conversation", "request", "response", "attempts", "trace", "judgments", "details"] as const;
const logList = {
  ...range,
  ...logFilters,
  q: text,
  trace: oneOf("in", "out"),
  order: oneOf("newest", "oldest", "cost", "latency", "tokens"),
  cols: joined,
  live: flag,
  log: text,
  tab: oneOf(...logTabs),
};

const root = createRootRoute({
  component: lazyRouteComponent(() => import("./features/shell/shell"), "Shell"),
  notFoundComponent: lazyRouteComponent(() => import("./features/errors/missing"), "Missing"),
});

/** Asks for what a screen shows first, while the screen itself is still coming. */
type First<F extends Fields> = (queries: QueryClient, search: Params<F>, params: { id?: string }) => void;
type Fields = Parameters<typeof params>[0];

// Comes before the screen is loaded, so that what it shows is asked for before the screen runs. To point at a link brings the screen alone.
const asking =
  <F extends Fields>(load: (() => Promise<{ first: First<F> }>) | undefined) =>
  ({ cause, search, params: names }: { cause: string; search: Params<F>; params: { id?: string } }) => {
    if (cause !== "enter") return;
    load?.().then(
      ({ first }) => first(queries, search, names),
      () => undefined, // the screen asks itself
    );
  };

const page = <const P extends string, const F extends Fields>(
  path: P,
  fields: F,
  load: () => Promise<Record<string, unknown>>,
  name: string,
  first?: () => Promise<{ first: First<F> }>,
) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: params(fields),
    beforeLoad: asking(first) as () => void,
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name),
    errorComponent: lazyRouteComponent(() => import("./features/errors/problem"), "Problem"),
  });

export const login = page("/login", { next: text }, () => import("./features/session/login"), "Login");
export const welcome = page("/welcome", { step: whole(1, 5) }, () => import("./features/welcome/welcome"), "Welcome");
export const spends = ["file", "model", "key"] as const;
export const home = page(
  "/",
  { ...range, by: oneOf(...spends) },
  () => import("./features/home/home"),
  "Home",
  () => import("./features/home/first"),
);
const fileList = {
  dir: text,
  q: text,
  type: oneOf(...kinds),
  env: text,
  tag: text,
  differs: flag,
  sort: oneOf("name", "updated", "calls", "failures"),
  desc: flag,
  file: text,
};
export type FileListSearch = Params<typeof fileList>;
export const files = page(
  "/files",
  fileList,
  () => import("./features/files/files"),
  "Files",
  () => import("./features/files/first"),
);
export const at = page("/at/$", { env: text }, () => import("./features/files/at"), "At");
export const file = page("/files/$id", {}, () => import("./features/files/file"), "FilePage");
export const editor = page(
  "/files/$id/editor",
  { v: text, panels: joined, mode: oneOf("form", "text"), log: text },
  () => import("./features/prompts/editor"),
  "Editor",
  () => import("./features/prompts/first"),
);
const versionList = {
  a: text,
  b: text,
  view: oneOf("split", "unified"),
  as: oneOf("settings", "text"),
  drafts: flag,
  history: flag,
};
export type VersionListSearch = Params<typeof versionList>;
export const versions = page(
  "/files/$id/versions",
  versionList,
  () => import("./features/versions/versions"),
  "Versions",
  () => import("./features/versions/first"),
);
export const fileLogs = page(
  "/files/$id/logs",
  logList,
  () => import("./features/logs/logs"),
  "FileLogs",
  () => import("./features/logs/first"),
);
/** How one comes to all Logs: without those of Evaluators, which are judgments in the rows of others. The chip says so, and can be removed. */
export const unjudged = { type: ["!evaluator"] };
export const logs = page(
  "/logs",
  logList,
  () => import("./features/logs/logs"),
  "Logs",
  () => import("./features/logs/first"),
);
export const log = page(
  "/logs/$id",
  { tab: oneOf(...logTabs) },
  () => import("./features/logs/logpage"),
  "LogPage",
  () => import("./features/logs/firstlog"),
);
export const trace = page(
  "/logs/$id/trace",
  { span: text, view: oneOf("tree", "time"), only: oneOf("failed", "models") },
  () => import("./features/traces/trace"),
  "Trace",
  () => import("./features/traces/first"),
);
export const settings = page("/settings", {}, () => import("./features/settings/settings"), "Settings");
export const sections = ["providers", "aliases", "keys", "environments", "about", "me"] as const;
export const setting = page(
  "/settings/$section",
  { q: text, open: text },
  () => import("./features/settings/settings"),
  "Settings",
);
export const reason = page("/errors/$reason", range, () => import("./features/errors/reason"), "Reason");

/** The path below which the server is, without a slash at its end: "" or "/x/y". */
export const prefix = new URL(document.baseURI).pathname.replace(/\/$/, "");

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    welcome,
    home,
    files,
    at,
    file,
    editor,
    versions,
    fileLogs,
    logs,
    log,
    trace,
    settings,
    setting,
    reason,
  ]),
  basepath: prefix || "/",
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingMs: 100,
  defaultPendingMinMs: 0,
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

/** Goes to an address below the prefix, as "/logs?last=1h". */
export const go = (address: string): void => router.history.push(prefix + address);

/** What makes an <a> a link to an address below the prefix, which opens without loading the page again. */
export const linkTo = (address: string) => ({
  href: prefix + address,
  onClick(event: MouseEvent) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(address);
  },
});

/** The address that is shown, below the prefix. */
export const here = (): string => {
  const { href } = router.history.location;
  return href.slice(prefix.length) || "/";
};

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
