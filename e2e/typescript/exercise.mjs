// Calls of the SDK whose answers are held against the types that it declares for them.
import assert from "node:assert/strict";

import { HumanloopError, client } from "./helpers.mjs";

// exercise is a resource of the SDK that keeps the names of the methods called, and fails if an answer is not of the declared type.
export function exercise(name) {
  const called = new Set();
  const resource = client[name];
  const exercised = new Proxy(resource, {
    get: (_, method) => async (...args) => {
      const warnings = [];
      const warn = console.warn;
      console.warn = (message) => warnings.push(message);
      try {
        const answer = await resource[method](...args);
        called.add(method);
        return answer;
      } finally {
        console.warn = warn;
        assert.deepEqual(warnings, [], `${name}.${method}`);
      }
    },
  });
  return [exercised, called];
}

// methods of a resource, those of the SDK's own classes.
function methods(resource) {
  const names = new Set();
  for (let p = Object.getPrototypeOf(resource); p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    for (const name of Object.getOwnPropertyNames(p)) if (!name.startsWith("_") && name !== "constructor") names.add(name);
  }
  return names;
}

// whole fails unless all methods of a resource were called.
export const whole = (name, called) => assert.deepEqual([...methods(client[name])].filter((method) => !called.has(method)), []);

// fails expects an error of the API.
export const fails = (status, reason, promise) =>
  assert.rejects(promise, (e) => {
    assert.ok(e instanceof HumanloopError, String(e));
    assert.deepEqual([e.statusCode, e.body.detail.reason], [status, reason]);
    return true;
  });
