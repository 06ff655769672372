// What a screen tells the frame around it: its title, and where it is.
import { useEffect, useSyncExternalStore } from "react";

export interface Crumb {
  label: string;
  /** The address, below the prefix; none for the place itself. */
  to?: string;
}

export interface Page {
  title: string;
  crumbs: Crumb[];
}

let page: Page | undefined;
const listeners = new Set<() => void>();

function show(next: Page | undefined): void {
  page = next;
  for (const listener of listeners) listener();
}

/**
 * Names the screen in the title of the window and in the breadcrumbs, as long as it is shown. Without crumbs the title is the only one; undefined
 * while the name is not known.
 */
export function usePage(title: string | undefined, crumbs?: Crumb[]): void {
  const key = JSON.stringify([title, crumbs]);
  useEffect(() => {
    const [name, places] = JSON.parse(key) as [string | null, Crumb[] | undefined];
    if (!name) return;
    const mine: Page = { title: name, crumbs: places ?? [{ label: name }] };
    show(mine);
    return () => {
      if (page === mine) show(undefined);
    };
  }, [key]);
}

/** The crumbs of a File: its directories, and itself. */
export function fileCrumbs(path: string, ...more: Crumb[]): Crumb[] {
  const parts = path.split("/").filter(Boolean);
  const folders = parts.slice(0, -1).map((label, i) => ({
    label,
    to: `/files?${new URLSearchParams({ dir: parts.slice(0, i + 1).join("/") })}`,
  }));
  const name = parts.at(-1) ?? path;
  return [
    { label: "Files", to: "/files" },
    ...folders,
    { label: name, to: more.length > 0 ? `/at/${path}` : undefined },
    ...more,
  ];
}

export function useCurrentPage(): Page | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => page,
  );
}
