// Measures the screens on a folder with many Logs, and compares with budget.json: `make bench-ui`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, type CDPSession, chromium, expect, type Page } from "@playwright/test";
import budget from "../budget.json" with { type: "json" };
import { Api } from "./seed";
import { key, type Server, startServer } from "./server";

// The browser has a profile, as a person's has: it keeps the compiled scripts.
const test = base.extend({
  context: async ({ launchOptions, viewport, locale, timezoneId, colorScheme }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "openloop-profile-"));
    const settings = { ...launchOptions, viewport, locale, timezoneId, colorScheme };
    const context = await chromium.launchPersistentContext(folder, settings);
    await use(context);
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  },
  page: async ({ context }, use) => use(context.pages()[0] ?? (await context.newPage())),
});

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
  const limits: Record<string, number> = budget.speed;
  const missed = (name: string, value: number) =>
    name === "frames" ? value < (limits[name] ?? 0) : value > (limits[name] ?? 0);
  const rows = Object.entries(measured).map(
    ([name, value]) =>
      `${name.padEnd(12)} ${value.toFixed(1).padStart(9)} ${String(limits[name]).padStart(9)}  ${missed(name, value) ? "MISSES" : "fits"}`,
  );
  console.log(["", "measure       measured    budget", ...rows, ""].join("\n"));
  expect(Object.keys(measured).filter((name) => missed(name, measured[name] ?? 0))).toEqual([]);
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

test("the other screens keep their budgets", async ({ page }) => {
  const large = await fill(new Api(server.url));
  await page.context().request.post(`${server.url}/ui/session`, { data: { key } });
  await watch(page);
  measured.home = await p95(times, () => shown(page, `/?${range}`, ".figures:not([aria-busy])", ".tile-body"));
  measured.files = await p95(times, () => shown(page, "/files", ".table-row"));
  measured.versions = await p95(times, () => shown(page, `/files/${large.file}/versions`, ".table-row"));
  measured.difference = await p95(times, () => shown(page, `/files/${large.file}/versions?${large.pair}`, ".diff"));
  measured.trace = await p95(times, () => shown(page, `/logs/${large.trace}/trace`, ".timeline-row"));
  measured.payload = await p95(times, () => shown(page, `/logs/${large.payload}?tab=response`, ".json .cm-line"));
  measured.key = await typed(page, large.file);
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
  await open(page, `/logs?${range}`);
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

/**
 * Opens an address of the site from a screen that a person has looked at, so that what the screen before still had to do is not counted. The scripts are
 * in the browser's cache; the page and its data are not.
 */
async function open(page: Page, address: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.goto(server.url + address);
}

/** From the beginning of loading the address until each place is there and none of them, nor anything in them, is busy. */
async function shown(page: Page, address: string, ...places: string[]): Promise<number> {
  await open(page, address);
  return page.evaluate(
    (places) =>
      window.until(() =>
        places.every((place) => {
          const found = document.querySelectorAll(place);
          return found.length > 0 && [...found].every((one) => !one.closest("[aria-busy=true]"));
        }),
      ),
    places,
  );
}

/** Types into a template of 200 KB: the work of the page for a key. */
async function typed(page: Page, file: string): Promise<number> {
  await page.goto(`${server.url}/files/${file}/editor`);
  const text = page.locator(".cm-content").first();
  await text.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("warm", { delay: 50 });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" }); // work, however busy the machine is
  const keys = 100;
  const before = await worked(session);
  await page.keyboard.type("x".repeat(keys), { delay: 50 });
  return ((await worked(session)) - before) / keys;
}

/** The milliseconds that the page's thread has worked. */
async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

interface Large {
  /** A Prompt with many versions, the newest of them long. */
  file: string;
  /** Its two longest versions, as the address of a comparison. */
  pair: string;
  trace: string;
  payload: string;
}

/** Adds 2,000 Files, 500 versions of one, a trace of 10,000 spans, and a Log of 10 MB. Takes about a minute. */
async function fill(api: Api): Promise<Large> {
  const save = (path: string, text: string) =>
    api.post("/prompts", { path, model: "echo", provider: "mock", template: [{ role: "user", content: text }] });
  for (let i = 0; i < 2000; i++) await save(`perf/${i % 40}/file ${i}`, "Say hello.");
  for (let i = 0; i < 498; i++) await save("perf/versions", `Say hello ${i} times.`);
  const lines = Array.from({ length: 4000 }, (_, i) => `Line ${i} of a long text, with {{ variable_${i % 20} }}.`);
  const a = await save("perf/versions", lines.join("\n"));
  const b = await save("perf/versions", lines.map((line, i) => (i % 97 ? line : `${line} Changed.`)).join("\n"));
  const { id: trace } = await api.post("/flows/log", { path: "perf/flow", log_status: "incomplete" });
  const span = {
    path: "perf/versions",
    messages: [{ role: "user", content: "Hello" }],
    output: "Hello.",
    trace_parent_id: trace,
  };
  for (let i = 0; i < 10_000; i += 20)
    await Promise.all(Array.from({ length: 20 }, () => api.post("/prompts/log", span)));
  const provider_response = { items: Array.from({ length: 100_000 }, (_, i) => ({ i, text: "x".repeat(80) })) };
  const { id: payload } = await api.post("/prompts/log", {
    path: "perf/versions",
    output: "Hello.",
    provider_response,
  });
  return {
    file: String(a.id),
    pair: `a=${a.version_id}&b=${b.version_id}`,
    trace: String(trace),
    payload: String(payload),
  };
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
