// The Prompt of the first steps, and what the API shows of each step.
import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../../api/client";
import type { Environment } from "../../api/queries/environments";
import type { Content } from "../../api/queries/prompts";
import type { components } from "../../api/schema";

export type Log = components["schemas"]["LogRow"];
export type TourFile = components["schemas"]["TreeFile"];

export const path = "tour/greeting";
/** What the calls of this page say that they come from, by which those of a program are told apart. */
export const source = "tour";
/** The environment that step four deploys to. */
export const wanted = "staging";

export const greeting: Content = {
  provider: "mock",
  model: "echo",
  template: [{ role: "user", content: "Hello {{name}}, welcome to Openloop." }],
};

const poll = 2_000; // milliseconds; only while the page is seen

/** The Prompt of the tour; null while there is none. */
export const tourFile = queryOptions({
  queryKey: ["tour", "file"],
  queryFn: async ({ signal }) => {
    const query = { q: path, kind: ["prompt" as const] };
    const { files } = await body(client.GET("/v5/files/tree", { params: { query }, signal }));
    return files.find((file) => file.path === path) ?? null;
  },
  refetchInterval: poll,
});

/** The newest Logs of the tour. */
export const tourLogs = (file: string) =>
  queryOptions({
    queryKey: ["tour", "logs", file],
    queryFn: async ({ signal }) =>
      (await body(client.GET("/v5/logs/rows", { params: { query: { file_id: [file], size: 25 } }, signal }))).records,
    refetchInterval: poll,
  });

/** The id of the first version of the tour; null while it is not known. */
export const firstVersion = (file: string) =>
  queryOptions({
    queryKey: ["tour", "first", file],
    queryFn: async ({ signal }) => {
      const query = { saved: true, size: 100 };
      const page = await body(client.GET("/v5/files/{id}/versions", { params: { path: { id: file }, query }, signal }));
      return page.versions.at(-1)?.id ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Makes the Prompt of the tour. A path that is taken is refused, so that nobody's Prompt changes. */
export const createTour = () =>
  body(client.POST("/v5/prompts", { params: { query: { new: true } }, body: { ...greeting, path } }));

export const steps: readonly string[] = ["Run it", "Break it", "See it", "Ship it", "Call it"];
export type Step = 1 | 2 | 3 | 4 | 5;

export interface Shown {
  logs: Pick<Log, "status" | "source">[];
  deployed: { version_id: string }[];
  first: string | null | undefined;
  /** Whether a Log was opened on this browser, which the API does not tell. */
  seen: boolean;
}

/** Which steps are done, by what there is: how it came there does not matter. */
export function doneOf({ logs, deployed, first, seen }: Shown): Record<Step, boolean> {
  return {
    1: logs.some(({ status }) => status === "ok"),
    2: logs.some(({ status }) => status === "failed"),
    3: seen,
    4: !!first && deployed.some(({ version_id }) => version_id !== first),
    5: logs.some(({ status, source }) => status === "ok" && !source),
  };
}

/** The first step that is not done; the last one when all are. */
export const nextOf = (done: Record<Step, boolean>): Step => ([1, 2, 3, 4] as const).find((step) => !done[step]) ?? 5;

/** Where a changed version goes: to staging, which an admin may make; else to what there is. */
export function targetOf(all: Environment[], mayMake: boolean): Environment | "make" | undefined {
  const there = all.find(({ name }) => name === wanted);
  if (there) return there;
  return mayMake ? "make" : all.find(({ tag }) => tag === "default");
}
