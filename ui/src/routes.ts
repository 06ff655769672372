// Every address of the UI, with its search parameters. The pages themselves come when they are opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { flag, joined, oneOf, params, parseSearch, stringifySearch, text, texts, whole } from "./lib/params";

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
const page = <const P extends string, const F extends Parameters<typeof params>[0]>(
  path: P,
  fields: F,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: params(fields),
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name),
    errorComponent: lazyRouteComponent(() => import("./features/errors/problem"), "Problem"),
  });

export const login = page("/login", { next: text }, () => import("./features/session/login"), "Login");
export const welcome = page("/welcome", { step: whole(1, 5) }, () => import("./features/welcome/welcome"), "Welcome");
export const spends = ["file", "model", "key"] as const;
export const home = page("/", { ...range, by: oneOf(...spends) }, () => import("./features/home/home"), "Home");
export const files = page(
  "/files",
  {
    dir: text,
    q: text,
    type: oneOf(...kinds),
    env: text,
    tag: text,
    differs: flag,
    sort: oneOf("name", "updated", "calls", "failures"),
    desc: flag,
    file: text,
  },
  () => import("./features/files/files"),
  "Files",
);
export const at = page("/at/$", { env: text }, () => import("./features/files/at"), "At");
export const file = page("/files/$id", {}, () => import("./features/files/file"), "FilePage");
export const editor = page(
  "/files/$id/editor",
  { v: text, panels: joined, mode: oneOf("form", "text"), log: text },
  () => import("./features/prompts/editor"),
  "Editor",
);
export const versions = page(
  "/files/$id/versions",
  { a: text, b: text, view: oneOf("split", "unified"), as: oneOf("settings", "text"), drafts: flag, history: flag },
  () => import("./features/versions/versions"),
  "Versions",
);
export const fileLogs = page("/files/$id/logs", logList, () => import("./features/logs/logs"), "FileLogs");
/** How one comes to all Logs: without those of Evaluators, which are judgments in the rows of others. The chip says so, and can be removed. */
export const unjudged = { type: ["!evaluator"] };
export const logs = page("/logs", logList, () => import("./features/logs/logs"), "Logs");
export const log = page("/logs/$id", { tab: oneOf(...logTabs) }, () => import("./features/logs/logpage"), "LogPage");
export const trace = page(
  "/logs/$id/trace",
  { span: text, view: oneOf("tree", "time"), only: oneOf("failed", "models") },
  () => import("./features/traces/trace"),
  "Trace",
);
export const settings = page("/settings", {}, () => import("./features/settings/settings"), "Settings");
export const sections = ["providers", "keys", "environments", "about", "me"] as const;
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
