import { type Diff, diff } from "./diff";
import address from "./diff.worker?worker&url";

// Less than this is done at once, without a worker.
const small = 20_000; // characters of both texts

let worker: Worker | undefined;
let last = 0;
const waiting = new Map<number, { resolve: (diff: Diff) => void; reject: (cause: Error) => void }>();

/** Starts what compares long texts, for one who will soon ask. */
export function ready(): void {
  worker ??= start();
}

/** What makes `after` of `before`; of long texts in a worker, so that the page goes on. */
export function diffOf(before: string, after: string): Diff | Promise<Diff> {
  if (before.length + after.length < small) return diff(before, after);
  worker ??= start();
  const id = ++last;
  worker.postMessage({ id, before, after });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function start(): Worker {
  const made = new Worker(trusted(address) as string, { type: "module" });
  made.onmessage = ({ data }: MessageEvent<{ id: number; diff: Diff }>) => {
    waiting.get(data.id)?.resolve(data.diff);
    waiting.delete(data.id);
  };
  made.onerror = () => {
    for (const { reject } of waiting.values()) reject(new Error("The worker that compares texts ended."));
    waiting.clear();
    worker = undefined;
  };
  return made;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => Policy;
}
interface Policy {
  createScriptURL: (url: string) => unknown;
}
let policy: Policy | undefined;

// The page's policy wants the address of a script to be trusted; the only one is that of our own worker.
function trusted(url: string): unknown {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return url;
  policy ??= types.createPolicy("openloop-diff", {
    createScriptURL: (asked) => {
      if (asked !== address) throw new TypeError("Only the worker of this page is trusted.");
      return asked;
    },
  });
  return policy.createScriptURL(url);
}
