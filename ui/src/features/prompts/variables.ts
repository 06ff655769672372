import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { type Detail, Failure } from "../../api/failure";
import { renderQuery } from "../../api/queries/prompts";
import type { CodeMark } from "../../kit/code";
import { type Content, type Message, same } from "./content";

/** What the server says of the template that is edited. */
export interface Variables {
  names: string[];
  /** Those that every call must give and that have no value. */
  missing: string[];
  /** Those of them that are marked in the template: all, once any input has a value. */
  unknown: string[];
  /** About how many tokens the filled template has. */
  tokens: number | undefined;
  /** The failure of a template, or of a content, that the server refuses. */
  failure: Detail | undefined;
  /** Marks in a message, or in the text of a completion when there is none. */
  marksOf: (message: number | undefined) => CodeMark[];
}

/** Asks the server what a template reads, a quarter of a second after the last change. What it said before stays until then. */
export function useVariables(content: Content, inputs: Record<string, unknown>, messages: Message[]): Variables {
  const asked = useMemo(() => ({ prompt: content, inputs, messages }), [content, inputs, messages]);
  const settled = useSettled(asked, 250);
  const { data, error } = useQuery(useMemo(() => renderQuery(settled), [settled]));
  const failure = error instanceof Failure ? error.detail : undefined;
  const given = Object.keys(inputs).length > 0;
  return useMemo(() => {
    const missing = data?.missing ?? [];
    return {
      names: data?.variables.map(({ name }) => name) ?? [],
      missing,
      unknown: given ? missing : [],
      tokens: data?.tokens,
      failure,
      marksOf: (message) => (failure ? marksOf(failure, message) : none),
    };
  }, [data, failure, given]);
}

const none: CodeMark[] = [];

// marksOf are the violations of a message's template, as marks. Places name the content: prompt.template.0.content.
function marksOf(failure: Detail, message: number | undefined): CodeMark[] {
  const place = message === undefined ? "template" : `template.${message}.`;
  return (failure.errors ?? []).flatMap(({ param = "", line, column, message: text }) => {
    const here = param.replace(/^prompt\./, "");
    const mine = message === undefined ? here === place : here.startsWith(place);
    return mine ? [{ line: line ?? 1, column, message: text }] : [];
  });
}

// useSettled is a value after no other came for so many milliseconds. Long texts are compared only then.
function useSettled<T>(value: T, after: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled((before) => (same(before, value) ? before : value)), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}
