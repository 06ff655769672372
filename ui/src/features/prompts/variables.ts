import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Detail, Failure } from "../../api/failure";
import { renderQuery } from "../../api/queries/prompts";
import type { CodeMark } from "../../kit/code";
import { type Content, canonical, type Message } from "./content";

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
  const settled = useSettled({ prompt: content, inputs, messages }, 250);
  const { data, error } = useQuery(renderQuery(settled));
  const failure = error instanceof Failure ? error.detail : undefined;
  return {
    names: data?.variables.map(({ name }) => name) ?? [],
    missing: data?.missing ?? [],
    unknown: Object.keys(inputs).length > 0 ? (data?.missing ?? []) : [],
    tokens: data?.tokens,
    failure,
    marksOf: (message) => (failure ? marksOf(failure, message) : []),
  };
}

// marksOf are the violations of a message's template, as marks. Places name the content: prompt.template.0.content.
function marksOf(failure: Detail, message: number | undefined): CodeMark[] {
  const place = message === undefined ? "template" : `template.${message}.`;
  return (failure.errors ?? []).flatMap(({ param = "", line, column, message: text }) => {
    const here = param.replace(/^prompt\./, "");
    const mine = message === undefined ? here === place : here.startsWith(place);
    return mine ? [{ line: line ?? 1, column, message: text }] : [];
  });
}

// useSettled is a value after it has not changed for so many milliseconds.
function useSettled<T>(value: T, after: number): T {
  const key = canonical(value);
  const [settled, setSettled] = useState({ key, value });
  useEffect(() => {
    if (key === settled.key) return;
    const timer = setTimeout(() => setSettled({ key, value }), after);
    return () => clearTimeout(timer);
  });
  return settled.value;
}
