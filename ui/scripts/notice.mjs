// Writes into NOTICE the licenses of the packages that the last build contains. With --check it only says whether they are there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { left } from "./packages.mjs";

const notice = fileURLToPath(new URL("../../NOTICE", import.meta.url));
const head = "Binaries that were built with the web UI contain these npm packages:";
const rule = `\n${"-".repeat(80)}\n\n`;

/** The license of a package: its text without the lines of copyright, and these. */
function licenseOf(name) {
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`the package ${name} has no license`);
  const lines = readFileSync(new URL(file, folder), "utf8").split(/\r?\n/);
  const holders = lines.filter((line) => /^copyright \(c\)/i.test(line));
  const text = lines
    .filter((line) => !holders.includes(line))
    .join("\n")
    .trim()
    .replace(/\n{3,}/g, "\n\n");
  return { name, holders, text };
}

/** Packages by text, and below it by holders. */
function section(names) {
  const texts = groups(names.map(licenseOf), ({ text }) => text.replace(/\s+/g, " "));
  const parts = [...texts.values()].map((same) => {
    const holders = groups(same, (one) => one.holders.join("\n"));
    const lists = [...holders].map(([who, all]) => `- ${all.map(({ name }) => name).join(", ")}\n${indented(who)}`);
    return `${lists.join("\n")}\n\n${same[0].text}\n`;
  });
  return `${head}\n\n${parts.join(`\n`)}`;
}

function groups(list, keyOf) {
  const all = new Map();
  for (const one of list) all.set(keyOf(one), [...(all.get(keyOf(one)) ?? []), one]);
  return all;
}

const indented = (text) => text.replace(/^/gm, "  ");

const was = readFileSync(notice, "utf8");
const before = was.split(rule + head)[0].trimEnd();
const now = `${before}\n${rule}${section(JSON.parse(readFileSync(`${left}packages.json`, "utf8")))}`;
if (process.argv.includes("--check")) {
  if (now !== was) throw new Error("NOTICE is not that of the packages in the web UI: npm run notice writes it");
} else {
  writeFileSync(notice, now);
}
