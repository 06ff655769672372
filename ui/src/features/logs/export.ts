// Writing whole Logs into a file of this machine.
import { type Log, oneLog } from "../../api/queries/log";
import { csv } from "./csv";

export type Format = "jsonl" | "csv";

const together = 4;

/** Fetches Logs, whole, and gives them to the browser as a file. `done` is told how many are there. */
export async function exportLogs(ids: readonly string[], format: Format, done: (count: number) => void): Promise<void> {
  const logs = new Array<Log>(ids.length);
  let next = 0;
  let count = 0;
  const work = async () => {
    for (let at = next++; at < ids.length; at = next++) {
      logs[at] = await oneLog(ids[at] ?? "");
      done(++count);
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  const text = format === "csv" ? csv(logs) : logs.map((log) => `${JSON.stringify(log)}\n`).join("");
  give(text, format);
}

function give(text: string, format: Format): void {
  const type = format === "csv" ? "text/csv" : "application/x-ndjson";
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `logs-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
