// A TypeScript client that is generated from the OpenAPI document: it compiles, and it works.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { apiKey, newPath } from "./helpers.mjs";

const root = process.env.E2E_NODE_ROOT;
const home = join(root, "client");
const command = (name, ...args) => execFileSync(join(root, "node_modules/.bin", name), args, { cwd: home, encoding: "utf8" });

test("a generated client compiles and works", async () => {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"private": true, "type": "module"}');
  const printed = execFileSync("bin/openloop", ["openapi"], { encoding: "utf8" });
  writeFileSync(join(home, "openapi.json"), printed);
  copyFileSync("e2e/typescript/client.ts", join(home, "client.ts"));
  command("openapi-typescript", "openapi.json", "-o", "schema.d.ts");
  command("tsc", "--strict", "--noUncheckedIndexedAccess", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "client.ts");
  const client = await import(pathToFileURL(join(home, "client.js")));
  assert.deepEqual(await client.run(process.env.E2E_URL, apiKey, newPath("generated")), {
    output: "Hello!", inputs: [1, "b"], reason: "yours prompt_not_found", text: true,
  });
});

test("the command prints what the server serves", async () => {
  const served = await (await fetch(process.env.E2E_URL + "/openapi.json")).text();
  assert.equal(execFileSync("bin/openloop", ["openapi"], { encoding: "utf8" }), served + "\n");
});
