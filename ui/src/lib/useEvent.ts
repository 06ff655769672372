import { useCallback, useLayoutEffect, useRef } from "react";

/** One function for all renders, which does what that of the last one does: for what happens later, as a press. */
export function useEvent<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
