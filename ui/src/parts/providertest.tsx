// The test of a provider's key: whether a model answers, and if not exactly why.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { forbidden, me } from "../api/queries/me";
import { type Provider, providersQuery } from "../api/queries/prompts";
import { testProvider } from "../api/queries/providerKeys";
import { Button } from "../kit/button";
import { Latency, Time } from "../kit/figures";
import { Status } from "../kit/marks";
import { FaultOfError } from "./fault";

/** A test that can be begun, and what came of it. */
export function useProviderTest({ provider }: Pick<Provider, "provider">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => testProvider(provider, model),
    onSettled: () => queries.invalidateQueries({ queryKey: providersQuery.queryKey }),
  });
}

type Test = ReturnType<typeof useProviderTest>;

interface ButtonProps {
  provider: Provider;
  test: Test;
  /** The model to ask; "" for the cheapest known one. */
  model?: string;
}

export function TestButton({ provider, test, model = "" }: ButtonProps) {
  const { data } = useQuery(me);
  const asked = model || (provider.provider === "mock" ? "echo" : "");
  const unnamed = asked || provider.models > 0 ? undefined : "Name a model: the server knows none of this provider.";
  return (
    <Button
      small
      busy={test.isPending}
      why={forbidden(data?.role, "admin") ?? unnamed}
      aria-label={`Test ${provider.name}`}
      onClick={() => test.mutate(asked)}
    >
      Test
    </Button>
  );
}

/** What the last test came to: the failure in full if it was made here. */
export function TestResult({ provider, test }: Omit<ButtonProps, "model">) {
  if (test.isPending) return <p role="status">Asking a model…</p>;
  if (test.error) return <FaultOfError error={test.error} small onRetry={() => test.mutate(test.variables ?? "")} />;
  if (test.data)
    return (
      <p role="status">
        <Status state="good">
          <span className="mono">{test.data.model}</span> answered in <Latency value={test.data.latency} />
        </Status>
      </p>
    );
  const last = provider.last_test;
  if (!last) return null;
  return (
    <p className="dim">
      Tested <Time at={last.at} />:{" "}
      {last.ok ? (
        <>
          <span className="mono">{last.model}</span> answered in <Latency value={last.latency} />
        </>
      ) : (
        `${last.message} (${last.reason})`
      )}
    </p>
  );
}
