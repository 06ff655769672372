// Starts the real server for tests: on an empty folder and a port of its own, with a key that is known.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const key = "hl_sk_test_0123456789abcdef";

const program = process.env.OPENLOOP_BIN ?? "../bin/openloop";

export interface Server {
  url: string;
  /** Runs a command of the program with the settings of the server. Returns what it prints. */
  run: (...command: string[]) => string;
  stop: () => Promise<void>;
}

/** Starts the binary that OPENLOOP_BIN names, with more settings, and waits until it is ready. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "openloop-ui-"));
  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    PATH: process.env.PATH,
    OPENLOOP_ADDR: address,
    OPENLOOP_DATA_DIR: folder,
    OPENLOOP_API_KEY: key,
    OPENLOOP_SHED: "false", // the browser has the machine
    OPENLOOP_LOG_LEVEL: "error",
    ...settings,
  };
  const child = spawn(program, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://${address}`;
  await ready(url, child);
  return {
    url,
    run: (...command) => execFileSync(program, command, { env, encoding: "utf8" }),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if ((await fetch(`${url}/ready`).catch(() => undefined))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server is not ready after 30 s");
}
