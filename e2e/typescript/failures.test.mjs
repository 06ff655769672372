// What goes wrong at a provider, as an emulator that is not ours plays it, arrives as the documented error: in the answer, in its
// headers and on the Log.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { bareUrl, caller, guardedEmulator, json, providerKey, request, storingUrl, user } from "./helpers.mjs";
import { surfaces } from "./surfaces.mjs";

// The codes of the reasons, those that pass by themselves, and whose they are.
const reasons = {
  rate_limited: [429, true], provider_internal: [500, true], invalid_api_key: [401, false], overloaded: [503, true],
  malformed_provider_response: [500, true], provider_unreachable: [503, true], timeout: [503, true], model_not_found: [404, false],
  provider_key_missing: [401, false], endpoint_not_found: [404, false],
};

/** isError checks a failed call: `own` says that no answer of the provider was read, so that the error is the server's. */
function isError(p, { status, headers, detail, log }, reason, { own = false, retryAfter, model = p.model } = {}) {
  const [code, retryable] = reasons[reason];
  assert.equal(detail.reason, reason, JSON.stringify(detail));
  assert.deepEqual([status, detail.code, headers.get("x-error-reason")], [code, code, reason]);
  assert.deepEqual([detail.retryable, detail.origin], [retryable, own ? "Openloop" : p.origin]);
  assert.deepEqual([detail.provider, detail.model], [p.provider, model]);
  assert.equal(detail.provider_status === undefined, own, `provider_status ${detail.provider_status}`);
  assert.deepEqual([detail.retry_after, headers.get("retry-after")], [retryAfter, retryAfter === undefined ? null : String(retryAfter)]);
  assert.equal(detail.request_id, headers.get("x-request-id"));
  assert.ok(detail.message.length > 5 && !/[{}<>]/.test(detail.message), detail.message);
  assert.ok(!JSON.stringify([detail, log]).includes(providerKey), "the key stays inside");
  assert.deepEqual([log.error, log.detail.reason, log.provider, log.model], [detail.message, reason, p.provider, model]);
  assert.match(JSON.stringify(log.provider_request), /content|text/, "the Log tells what was sent");
}

const modes = [["call", false], ["stream", true]];

for (const p of surfaces) {
  describe(`${p.name} fails`, () => {
    const { prompt, ids, streamed, fails } = caller(p);

    for (const [failure, reason, expected] of [
      ["fail: rate limit", "rate_limited", { retryAfter: 7 }],
      ["fail: internal", "provider_internal"],
      ["fail: key", "invalid_api_key"],
      ["fail: overloaded", "overloaded"],
      ["chaos: 500", "provider_internal"],
      ["chaos: 429", "rate_limited", { retryAfter: 1 }],
      ["chaos: malformed", "malformed_provider_response"],
      ["chaos: disconnect", "provider_unreachable", { own: true }],
    ]) {
      for (const [mode, stream] of modes) {
        test(`${mode} with ${failure}`, async () => {
          isError(p, await fails({ messages: [user(failure)], stream }), reason, expected);
        });
      }
    }

    for (const [mode, stream] of modes) {
      test(`${mode} of an unknown model`, async () => {
        const body = { prompt: { ...prompt, model: p.unknown }, messages: [user("Hello?")], stream };
        isError(p, await fails(body), "model_not_found", { model: p.unknown });
      });
    }

    test("a stream that breaks ends with an error event", async () => {
      const { text, chunks, last, log } = await streamed({ messages: [user("chaos: cut")] });
      assert.ok(text.length > 0 && "This answer is longer than what arrives of it.".startsWith(text), text);
      assert.equal(last.event, "error");
      assert.equal(last.output, "");
      assert.equal(last.error, last.detail.message);
      assert.deepEqual([last.detail.reason, last.detail.code, last.detail.retryable], ["stream_interrupted", 503, true]);
      assert.deepEqual([last.detail.origin, last.detail.provider, last.detail.partial_output], [p.origin, p.provider, true]);
      assert.ok(chunks.slice(0, -1).every((chunk) => chunk.error === undefined));
      assert.equal(log.output, text);
      assert.equal(log.error, last.error);
      assert.equal(log.finish_reason, undefined);
    });

    after(async () => {
      const { id } = (await json("GET", `/logs/${ids[0]}`)).prompt;
      assert.equal((await json("GET", `/logs?file_id=${id}`)).total, ids.length, "each failed call left one Log");
    });
  });
}

// Servers without any provider's settings, which are called with stored keys. One may call private addresses, where the emulator is,
// and has little patience; the other may not.
const paris = "The capital of France is Paris. Voilà: ✓";
const hello = { messages: [user("What is the capital of France?")] };
const dead = "http://127.0.0.1:9"; // where nothing listens

const stored = surfaces.filter((row) => row.urls).map((p) => {
  const [path] = Object.values(p.urls);
  return {
    ...p,
    store: (base, url, key = providerKey) => json("PUT", `/provider-keys/${p.provider}`, { key, base_url: url + path }, base),
    forget: (base) => request("DELETE", `/provider-keys/${p.provider}`, undefined, base),
  };
});

// isPrivate checks the refusal of a base URL at a private address.
function isPrivate(p, failed) {
  isError(p, failed, "endpoint_not_found", { own: true });
  assert.match(failed.detail.message, /private address/);
  assert.equal(failed.detail.param, "base_url");
}

for (const p of stored) {
  describe(`${p.provider} with a stored key`, () => {
    const { call, streamed, fails } = caller(p, storingUrl);
    const check = (model) => request("POST", `/provider-keys/${p.provider}/test`, { model }, storingUrl);
    after(() => Promise.all([storingUrl, bareUrl].map(p.forget)));

    test("is called with it", async () => {
      await p.store(storingUrl, guardedEmulator);
      assert.equal((await call(hello)).output, paris);
      assert.equal((await streamed(hello)).text, paris);
      const { status, text } = await check(p.free ? p.model : undefined);
      assert.deepEqual([status, JSON.parse(text).ok, JSON.parse(text).provider], [200, true, p.provider]);
    });

    test("that is wrong", async () => {
      const wrong = "e2e-wrong-provider-key";
      await p.store(storingUrl, guardedEmulator, wrong);
      for (const [, stream] of modes) {
        const failed = await fails({ ...hello, stream });
        isError(p, failed, "invalid_api_key");
        assert.ok(!JSON.stringify([failed.detail, failed.log]).includes(wrong), "the key stays inside");
      }
      const { detail } = JSON.parse((await check(p.model)).text);
      assert.deepEqual([detail.reason, detail.origin, detail.model], ["invalid_api_key", p.origin, p.model]);
    });

    test("that leads to where nothing listens", async () => {
      await p.store(storingUrl, dead);
      for (const [, stream] of modes) isError(p, await fails({ ...hello, stream }), "provider_unreachable", { own: true });
    });

    test("that leads to a private address, where that is not allowed", async () => {
      await p.store(bareUrl, guardedEmulator);
      for (const [, stream] of modes) isPrivate(p, await caller(p, bareUrl).fails({ ...hello, stream }));
      await p.forget(bareUrl);
    });

    test("of which there is none", { skip: p.keyless }, async () => {
      const { status, detail, log } = await caller(p, bareUrl).fails(hello);
      assert.deepEqual([status, detail.reason, detail.origin, detail.provider], [401, "provider_key_missing", "Openloop", p.provider]);
      assert.deepEqual([detail.param, detail.retryable], [`provider_api_keys.${p.provider}`, false]);
      assert.deepEqual([log.error, log.detail.reason], [detail.message, detail.reason]);
    });
  });
}

describe("a provider that is too slow", { concurrency: true }, () => {
  before(() => Promise.all(stored.map((p) => p.store(storingUrl, guardedEmulator))));
  after(() => Promise.all(stored.map((p) => p.forget(storingUrl))));

  for (const p of stored) {
    const { fails, streamed } = caller(p, storingUrl);
    for (const [mode, stream] of modes) {
      test(`${p.provider}, ${mode}`, async () => isError(p, await fails({ messages: [user("chaos: slow")], stream }), "timeout", { own: true }));
    }
    test(`${p.provider}, within a stream`, async () => {
      const { text, last, log } = await streamed({ messages: [user("chaos: stall")] });
      assert.ok(text.length > 0 && "This answer is longer than what arrives of it.".startsWith(text), text);
      assert.deepEqual([last.event, last.detail.reason, last.detail.code, last.detail.retryable], ["error", "timeout", 503, true]);
      assert.deepEqual([last.detail.origin, last.detail.provider, last.detail.partial_output], ["Openloop", p.provider, true]);
      assert.deepEqual([log.output, log.error], [text, last.error]);
    });
  }
});

describe("a call's own endpoint", () => {
  const azure = surfaces.find((row) => row.provider === "openai_azure");
  const keys = { provider_api_keys: { openai_azure: providerKey, openai_azure_endpoint: guardedEmulator } };

  test("is called", async () => assert.equal((await caller(azure, storingUrl).call({ ...hello, ...keys })).output, paris));

  test("is refused at a private address", async () => {
    isPrivate(azure, await caller(azure, bareUrl).fails({ ...hello, ...keys }));
  });
});
