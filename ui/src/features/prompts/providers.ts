import { useQuery } from "@tanstack/react-query";
import { type Provider, providersQuery } from "../../api/queries/prompts";
import type { Option } from "../../kit/select";
import type { Content } from "./content";

const none: Provider[] = [];

/** The providers of this server; none while they are not known. */
export function useProviders(): Provider[] {
  return useQuery(providersQuery).data ?? none;
}

/** The parameters that the content's provider takes on its endpoint; undefined while that is not known. */
export function takenBy(providers: Provider[], content: Content): readonly string[] | undefined {
  const provider = providers.find((p) => p.provider === (content.provider ?? "openai"));
  const endpoint = provider?.endpoints.find((e) => e.endpoint === (content.endpoint ?? "chat"));
  return endpoint && [...endpoint.parameters, "max_retries"];
}

/** Where the key of a provider comes from, in words. */
export const keyFrom = ({ key, hint, needs_key, setting }: Provider): string => {
  if (key === "workspace") return `Key of the workspace${hint ? `, …${hint}` : ""}`;
  if (key === "environment") return `Key of the server's settings${setting ? ` (${setting})` : ""}`;
  return needs_key ? "No key" : "Needs no key";
};

const mock: Option[] = [
  { value: "echo", label: "echo", hint: "Says what the last message of the user says." },
  { value: "lorem/50/20ms", label: "lorem/50/20ms", hint: "Fifty words, one every 20 ms." },
  { value: "tools", label: "tools", hint: 'Calls what the user writes, as in weather("Rome").' },
  { value: "think", label: "think", hint: "Thinks fifty words, then does what tools does." },
  { value: "json", label: "json", hint: "Answers with JSON that fits the response format." },
  { value: "error/rate_limited", label: "error/rate_limited", hint: "Fails so; any reason may stand there." },
  { value: "cut/3", label: "cut/3", hint: "Ends the stream after three pieces." },
];

/** The models of a provider whose names are patterns, of which the list of models knows none. */
export const examplesOf = (provider: string): Option[] => (provider === "mock" ? mock : []);
