// What was fetched, for all screens.
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Failure } from "./failure";
import { noteFailure, onReturn } from "./reach";

const onError = (error: Error) => {
  if (error instanceof Failure) noteFailure(error);
};

/** Nothing that was fetched ever replaces what a person typed, so nothing is fetched again because a window was switched. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: "always",
      staleTime: 5_000,
      retry: (tries, error) => tries < 2 && error instanceof Failure && error.detail.retryable === true,
    },
    mutations: { networkMode: "always" },
  },
});
onReturn(() => void queries.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" }));
