// Leaves in the folder that the server embeds what the last build wrote, and nothing older. Assets become .gz alone: the server hands these on as
// they are, and unpacks them for a client that cannot.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../../internal/ui/dist", import.meta.url));
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const built = new Set([
  "ui/assets/licenses.txt",
  ...Object.values(manifest).flatMap((entry) => [entry.file, ...(entry.css ?? []), ...(entry.assets ?? [])]),
]);

for (const path of files(dist)) {
  const name = relative(dist, path);
  if (name !== "README.txt" && name !== "index.html" && !built.has(name)) rmSync(path);
}

let bytes = 0;
for (const name of built) {
  const path = join(dist, name);
  const packed = gzipSync(readFileSync(path), { level: 9 });
  bytes += packed.length;
  writeFileSync(`${path}.gz`, packed);
  rmSync(path);
}
console.log(`${built.size} assets, ${(bytes / 1024).toFixed(0)} KB packed`);

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
