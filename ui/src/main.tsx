import { CSPProvider } from "@base-ui/react/csp-provider";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Failure } from "./api/failure";
import { noteFailure, onReturn } from "./api/reach";
import "./kit/tokens.css";
import "./kit/base.css";
import { startKeys } from "./lib/keys";
import { startPrefs } from "./lib/prefs";
import { router } from "./routes";

startPrefs();
startKeys();

const onError = (error: Error) => {
  if (error instanceof Failure) noteFailure(error);
};

// Nothing that was fetched ever replaces what a person typed, so nothing is fetched again because a window was switched.
const queries = new QueryClient({
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

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no element #root");
createRoot(place).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
