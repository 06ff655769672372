// Paths of Files: names parted by slashes.

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The directory of a path; "" is the root. */
export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

export const joined = (directory: string, name: string): string => [trimmed(directory), name].filter(Boolean).join("/");

/** A path without slashes and spaces around it. */
export const trimmed = (path: string): string => path.trim().replace(/^\/+|\/+$/g, "");
