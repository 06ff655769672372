// Measures the screen of Logs on a folder with many Logs, and compares with budget.json: `make bench-ui`.
import { type CDPSession, expect, type Page, test } from "@playwright/test";
import budget from "../budget.json" with { type: "json" };
import { key, type Server, startServer } from "./server";

const times = Number(process.env.TIMES ?? 30);
const many = Number(process.env.ROWS ?? 100_000);
const measured: Record<string, number> = {};

let server: Server;
let range: string;

test.beforeAll(async () => {
  const folder = process.env.LOGS_DATA;
  if (!folder)
    throw new Error("LOGS_DATA names the folder of a server with many Logs, as make bench-logs keeps it with REUSE.");
  server = await startServer({ OPENLOOP_DATA_DIR: folder });
  const newest = await fetch(`${server.url}/v5/logs/rows?last=3650d&size=1`, { headers: { "X-API-KEY": key } });
  const { records } = (await newest.json()) as { records: { created_at: string }[] };
  const to = Date.parse(records[0]?.created_at ?? "") + 1000;
  range = new URLSearchParams({
    from: new Date(to - 400 * 86_400_000).toISOString(),
    to: new Date(to).toISOString(),
  }).toString();
});

test.afterAll(async () => {
  await server?.stop();
  const rows = Object.entries(measured).map(([name, value]) => {
    const limit = budget.speed[name as keyof typeof budget.speed];
    const fits = name === "frames" ? value >= limit : value <= limit;
    return `${name.padEnd(12)} ${value.toFixed(1).padStart(9)} ${String(limit).padStart(9)}  ${fits ? "fits" : "MISSES"}`;
  });
  console.log(["", "measure       measured    budget", ...rows, ""].join("\n"));
  for (const [name, value] of Object.entries(measured)) {
    const limit = budget.speed[name as keyof typeof budget.speed];
    if (name === "frames") expect.soft(value, name).toBeGreaterThanOrEqual(limit);
    else expect.soft(value, name).toBeLessThanOrEqual(limit);
  }
});

test("the screen of Logs keeps its budgets", async ({ page }) => {
  await page.context().request.post(`${server.url}/ui/session`, { data: { key } });
  await watch(page);
  measured.rows = await p95(times, () => firstRows(page));
  measured.filter = await p95(times, (i) => filtered(page, i));
  await page.goto(`${server.url}/logs?${range}`);
  await rowsThere(page);
  measured.drawer = await p95(times, (i) => opened(page, i));
  measured.next = await p95(times, () => next(page));
  await page.goto(`${server.url}/logs?${range}`);
  await rowsThere(page);
  Object.assign(measured, await scrolled(page));
});

async function p95(n: number, measure: (i: number) => Promise<number>): Promise<number> {
  for (let i = 0; i < 3; i++) await measure(i); // warm
  const all = [];
  for (let i = 0; i < n; i++) all.push(await measure(i));
  all.sort((a, b) => a - b);
  if (process.env.VERBOSE) console.log(all.map((value) => value.toFixed(0)).join(" "));
  return all[Math.ceil(n * 0.95) - 1] ?? 0;
}

// Times are taken in the page, from the event to the frame in which what was asked for is there.
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { event: 0, rows: 0 };
    Object.assign(window, {
      seen,
      until: (there: () => boolean) =>
        new Promise<number>((done) => {
          const look = () => (there() ? done(performance.now()) : requestAnimationFrame(look));
          look();
        }),
    });
    const note = () => {
      seen.event = performance.now();
    };
    addEventListener("keydown", note, true);
    addEventListener("pointerdown", note, true);
    const look = () => {
      if (document.querySelector(".table-row")) seen.rows = performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
}

declare global {
  interface Window {
    seen: { event: number; rows: number };
    until: (there: () => boolean) => Promise<number>;
  }
}

const rowsThere = (page: Page) => page.evaluate(() => window.until(() => window.seen.rows > 0));

async function firstRows(page: Page): Promise<number> {
  await page.goto(`${server.url}/logs?${range}`);
  await rowsThere(page);
  return page.evaluate(() => window.seen.rows);
}

const filters = ["status:failed", "reason:rate_limited", "latency:>2s", "type:prompt", "!status:failed"];

async function filtered(page: Page, i: number): Promise<number> {
  const field = page.getByRole("combobox", { name: "Filter Logs" });
  await field.fill(filters[i % filters.length] ?? "");
  await field.press("Enter");
  const took = await page.evaluate(async () => {
    const settled = () =>
      document.querySelector(".table[data-stale]") === null && !!document.querySelector(".table-row");
    await window.until(() => !settled() || performance.now() - window.seen.event > 60);
    return (await window.until(settled)) - window.seen.event;
  });
  await page.goBack();
  await page.evaluate(() => window.until(() => document.querySelector(".table[data-stale]") === null));
  return took;
}

const said = () =>
  window.until(() => {
    const id = document.querySelector(".loghead-id")?.textContent;
    const open = document.querySelector(".table-row[data-open]");
    return !!open && open.id.endsWith(id ?? "-") && !!document.querySelector(".logview-said");
  });

async function opened(page: Page, i: number): Promise<number> {
  await page
    .locator(".table-row")
    .nth(i % 15)
    .click({ position: { x: 90, y: 10 } });
  const took = (await page.evaluate(said)) - (await page.evaluate(() => window.seen.event));
  await page.keyboard.press("Escape");
  await page.evaluate(() => window.until(() => !document.querySelector(".logview")));
  return took;
}

async function next(page: Page): Promise<number> {
  if ((await page.locator(".logview").count()) === 0) {
    await page
      .locator(".table-row")
      .first()
      .click({ position: { x: 90, y: 10 } });
    await page.evaluate(said);
  }
  await page.waitForTimeout(300); // a person reads
  const before = await page.locator(".loghead-id").textContent();
  await page.keyboard.press("j");
  const at = await page.evaluate(async (id) => {
    await window.until(() => document.querySelector(".loghead-id")?.textContent !== id);
    return 0;
  }, before);
  return (await page.evaluate(said)) - (await page.evaluate(() => window.seen.event)) + at;
}

/** Scrolls through many rows: frames a second, and the heap at the end in MB. */
async function scrolled(page: Page): Promise<{ frames: number; heap: number }> {
  await page.evaluate(async (wanted) => {
    const table = document.querySelector(".table");
    while (table && table.scrollHeight < wanted * 28) {
      table.scrollTop = table.scrollHeight;
      await new Promise((done) => setTimeout(done, 20));
    }
    if (table) table.scrollTop = 0;
  }, many);
  await page.waitForTimeout(1000);
  const frames = await page.evaluate(async () => {
    const table = document.querySelector(".table");
    const began = performance.now();
    let count = 0;
    while (performance.now() - began < 5000) {
      await new Promise(requestAnimationFrame);
      if (table) table.scrollTop += 120;
      count++;
    }
    return count / ((performance.now() - began) / 1000);
  });
  const session = await page.context().newCDPSession(page);
  return { frames, heap: await heap(session) };
}

async function heap(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}
