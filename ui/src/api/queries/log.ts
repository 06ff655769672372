import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Log = components["schemas"]["Log"];
export type EvaluatorLog = components["schemas"]["EvaluatorLogResponse"];
export type Span = components["schemas"]["Span"];

/** One Log, without the Logs below it and without what went to the provider and came back, of which it says the sizes. */
export const logQuery = (id: string) =>
  queryOptions({
    queryKey: ["log", id],
    queryFn: ({ signal }) =>
      body(
        client.GET("/v5/logs/{id}", { params: { path: { id }, query: { children: "none", view: "brief" } }, signal }),
      ),
    staleTime: 30_000,
  });

/** One Log with what went to the provider and came back. It may be large, so it is soon forgotten. */
export const wholeLogQuery = (id: string) =>
  queryOptions({
    queryKey: ["log", id, "whole"],
    queryFn: ({ signal }) =>
      body(client.GET("/v5/logs/{id}", { params: { path: { id }, query: { children: "none" } }, signal })),
    staleTime: 300_000,
    gcTime: 5_000,
    structuralSharing: false,
  });

/** The first spans of the trace that a Log is in, two hundred at most, and how many there are. */
export const traceStartQuery = (id: string) =>
  queryOptions({
    queryKey: ["log", id, "trace start"],
    queryFn: ({ signal }) => body(client.GET("/v5/logs/{id}/trace", { params: { path: { id } }, signal })),
    staleTime: 30_000,
  });

type Judgment = components["schemas"]["EvaluatorLogRequest"];

/** Judges a Log, or withdraws the judgment with null. */
export const judge = (judgment: Omit<Judgment, "judgment"> & { judgment: Judgment["judgment"] | null }) =>
  body(client.POST("/v5/evaluators/log", { body: judgment as Judgment }));

/** One Log, whole, that is not kept. */
export const oneLog = (id: string): Promise<Log> =>
  body(client.GET("/v5/logs/{id}", { params: { path: { id }, query: { children: "none" } } }));
