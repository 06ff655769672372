import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Failure } from "./api/failure";
import "./kit/tokens.css";
import "./kit/base.css";
import { router } from "./routes";

// Nothing that was fetched ever replaces what a person typed, so nothing is fetched again because a window was switched.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      staleTime: 5_000,
      retry: (tries, error) => tries < 2 && error instanceof Failure && error.detail.retryable === true,
    },
  },
});

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
