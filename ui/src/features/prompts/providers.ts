import { useQuery } from "@tanstack/react-query";
import { type Provider, providersQuery } from "../../api/queries/prompts";
import type { Content } from "./content";

/** The providers of this server; none while they are not known. */
export function useProviders(): Provider[] {
  return useQuery(providersQuery).data ?? [];
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
