// What a build leaves for scripts/size.mjs and scripts/notice.mjs, in a folder that neither Git nor the program holds.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const left = fileURLToPath(new URL("../node_modules/.build/", import.meta.url));

/** A plugin that writes down which packages the build contains. */
export const packages = {
  name: "packages",
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    const names = modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []);
    mkdirSync(left, { recursive: true });
    writeFileSync(`${left}packages.json`, JSON.stringify([...new Set(names)].sort()));
  },
};
