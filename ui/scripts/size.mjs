// Holds the last build to budget.json: what a screen loads, in KB of gzip. A screen loads its entries and all that these import at once.
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { left } from "./packages.mjs";

const dist = fileURLToPath(new URL("../../internal/ui/dist/", import.meta.url));
const budget = JSON.parse(readFileSync(new URL("../budget.json", import.meta.url), "utf8")).size;
const manifest = JSON.parse(readFileSync(`${left}manifest.json`, "utf8"));

const kb = (files) => [...files].reduce((sum, file) => sum + statSync(`${dist}${file}.gz`).size, 0) / 1024;
const filesOf = ({ file, css = [], assets = [] }) => [file, ...css, ...assets];

function loaded(entry, files = new Set(), seen = new Set()) {
  if (seen.has(entry)) return files;
  seen.add(entry);
  const chunk = manifest[entry];
  if (!chunk) throw new Error(`budget.json names ${entry}, which is no entry of the build`);
  for (const file of filesOf(chunk)) if (/\.(js|css)$/.test(file)) files.add(file);
  for (const next of chunk.imports ?? []) loaded(next, files, seen);
  return files;
}

let over = false;
for (const [name, { kb: most, entries }] of Object.entries(budget)) {
  const files = entries
    ? new Set(entries.flatMap((entry) => [...loaded(entry)]))
    : new Set(Object.values(manifest).flatMap(filesOf));
  const size = kb(files);
  console.log(`${name}: ${size.toFixed(0)} of ${most} KB`);
  over ||= size > most;
}
if (over) throw new Error("the web UI is larger than budget.json allows");
