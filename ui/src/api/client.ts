// The one client of the API: the public one, called as any other client would, but that the browser sends the cookie of the session.
import createClient, { type Middleware } from "openapi-fetch";
import type { Call } from "../lib/snippet";
import { type Failure, failureOf, isSignedOut, noAnswer } from "./failure";
import type { paths } from "./schema";

/** The address that paths of the API follow, without a slash at its end. */
export const base = typeof document === "undefined" ? "" : new URL(document.baseURI).pathname.replace(/\/$/, "");

const failures: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const failure = await failureOf(response);
    noteSignedOut(failure);
    throw failure;
  },
  onError: ({ error }) => noAnswer(error),
};

let asked: Request[] | undefined;

const asking: Middleware = {
  onRequest({ request }) {
    if (!asked) return;
    asked.push(request);
    throw new Error("It was only asked what would be sent.");
  },
};

/** The calls that act begins with, of which none is sent: those that it makes before it waits for the first answer. */
export function callsOf(act: () => PromiseLike<unknown>): Promise<Call[]> {
  const requests: Request[] = [];
  asked = requests;
  try {
    act().then(undefined, () => {});
  } finally {
    asked = undefined;
  }
  return Promise.all(requests.map(callOf));
}

async function callOf(request: Request): Promise<Call> {
  const { pathname, searchParams } = new URL(request.url);
  const query: Record<string, string[]> = {};
  for (const name of searchParams.keys()) query[name] = searchParams.getAll(name);
  const text = await request.text();
  return {
    method: request.method as Call["method"],
    path: pathname.slice(base.length),
    query,
    body: text ? JSON.parse(text) : undefined,
  };
}

const signedOut = new Set<() => void>();

/** Tells those who listen if a failure says that nobody is signed in. */
export function noteSignedOut(failure: Failure): void {
  if (isSignedOut(failure)) for (const listener of signedOut) listener();
}

/** Calls listener whenever the server says that nobody is signed in. Returns how to stop that. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

export const client = createClient<paths, "application/json">({ baseUrl: base, credentials: "same-origin" });
client.use(failures, asking);

/** The body of an answer. Failures were thrown before, so there is one wherever the API describes one. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await call;
  return data as NonNullable<T>;
}
