import { useSyncExternalStore } from "react";

const narrow = "(width < 1100px)";

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

/** Whether the window is too narrow for panes side by side. */
export const useNarrow = (): boolean => useMedia(narrow);
