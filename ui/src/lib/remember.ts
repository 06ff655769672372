// What a browser remembers for a person: widths, columns, the language of snippets. Nothing that matters is kept here; a browser that
// keeps nothing works as well.

const prefix = "openloop.";

/** The value kept under name, if it is one by check; else undefined. */
export function recall<T>(name: string, check: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? "null");
    return check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps value under name; undefined forgets it. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden.
  }
}
