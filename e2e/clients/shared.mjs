// What the tests of other vendors' clients share: the server, the list of failures, and requests that are counted.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export const require = createRequire(`${process.env.E2E_NODE_ROOT}/package.json`);
export const url = process.env.E2E_URL;
export const apiKey = process.env.OPENLOOP_API_KEY;

// How each failure that a provider can have looks to the SDKs, and whether they repeat the request.
export const failures = Object.entries(JSON.parse(readFileSync(new URL("failures.json", import.meta.url), "utf8")));

// How the mock is asked: by translation, and in the dialect of the client.
export const lanes = ["mock", "mock/native"];

/** A fetch that counts its requests, and lets nobody wait before one is repeated. */
export function counting() {
  const counted = async (...request) => {
    counted.requests++;
    const answer = await fetch(...request);
    const headers = new Headers(answer.headers);
    headers.set("retry-after-ms", "1");
    return new Response(answer.body, { status: answer.status, headers });
  };
  counted.requests = 0;
  return counted;
}

/** What a promise is rejected with. */
export function rejection(promise) {
  return promise.then((value) => Promise.reject(new Error(`not rejected, but ${JSON.stringify(value)}`)), (error) => error);
}
