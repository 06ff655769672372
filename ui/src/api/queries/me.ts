import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Me = components["schemas"]["Me"];
export type Role = Me["role"];

/** Who is signed in, and what the server can do. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => body(client.GET("/v5/me", { signal })),
  staleTime: 60_000,
});

/** Signs in with the secret of an API key, or with the token of a sign-in link. */
export const signIn = (said: { key: string } | { once: string }) => body(client.POST("/ui/session", { body: said }));

export type Session = components["schemas"]["Session"];

/** The browsers that are signed in with the same key. */
export const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/me/sessions", { signal }))).records,
});

export async function endSession(id: string): Promise<void> {
  await client.DELETE("/v5/me/sessions/{id}", { params: { path: { id } } });
}

export const signOut = () => client.DELETE("/ui/session");

const ranks: Record<Role, number> = { member: 0, developer: 1, admin: 2 };

/** Why somebody of a role may not do what needs another; undefined if they may. For Button's `why`. */
export function forbidden(mine: Role | undefined, needed: Role): string | undefined {
  if (mine === undefined || ranks[mine] >= ranks[needed]) return undefined;
  return `This needs the role ${needed}; yours is ${mine}.`;
}
