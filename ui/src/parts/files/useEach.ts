import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export interface Each {
  busy: boolean;
  /** What the last one failed with; undefined if none did. */
  error: unknown;
  /** How many are done. */
  done: number;
  /** Does it to one after the other, from the first that is not done. Throws at the first failure. */
  run: () => Promise<void>;
}

/**
 * Does something to many, and can go on after a failure. Then what the API showed is fetched again; after `onDone` when all went well, which may
 * leave a page of what is gone.
 */
export function useEach<T>(all: readonly T[], act: (one: T) => Promise<unknown>, onDone?: () => unknown): Each {
  const queries = useQueryClient();
  const [state, setState] = useState<Omit<Each, "run">>({ busy: false, error: undefined, done: 0 });
  const run = async () => {
    let { done } = state;
    setState({ busy: true, error: undefined, done });
    try {
      for (const one of all.slice(done)) {
        await act(one);
        done++;
      }
      await onDone?.();
      setState({ busy: false, error: undefined, done });
    } catch (error) {
      setState({ busy: false, error, done });
      throw error;
    } finally {
      void queries.invalidateQueries();
    }
  };
  return { ...state, run };
}
