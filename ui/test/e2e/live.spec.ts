// Logs that come while one reads.
import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { expect, test } from "./fixtures";

// CALLS=200 SECONDS=10 is the rate that the screen is made for.
const rate = Number(process.env.CALLS ?? 20);
const seconds = Number(process.env.SECONDS ?? 2);

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("gridcell") });

/** Records so many Logs a second, and returns how many there were in the end. */
async function record(api: Api): Promise<number> {
  const one = () => api.post("/prompts/log", { path: "live/calls", output: "Hello" });
  let recorded = 0;
  const end = Date.now() + seconds * 1000;
  for (let next = Date.now(); next < end; next += 100) {
    await new Promise((resolve) => setTimeout(resolve, next - Date.now()));
    recorded += (await Promise.all(Array.from({ length: rate / 10 }, one))).length;
  }
  return recorded;
}

/** The time of the processor that the page has used, in seconds. */
async function used(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const now = async () =>
    (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  const before = await now();
  return async () => (await now()) - before;
}

test("live Logs gather above, and the row that is read does not move", async ({ page, server }) => {
  test.setTimeout(60_000 + seconds * 3000);
  const api = new Api(server.url);
  const { id } = await api.post("/prompts", { path: "live/calls", provider: "mock", model: "echo", template: "Hello" });
  for (let i = 60; i > 0; i--) await api.post("/prompts/log", { path: "live/calls", output: `Row ${i}.` });
  await page.goto(`/files/${id}/logs?live=true`);
  const read = rows(page).filter({ hasText: "Row 40." });
  await expect(rows(page).first()).toContainText("Row 1.", { timeout: 15_000 });
  await page.getByRole("grid", { name: "Logs" }).focus();
  for (let row = 0; row < 40; row++) await page.keyboard.press("j");
  const before = await read.boundingBox();
  const news = page.getByRole("button", { name: /^\d+ new/ });
  const counted = async () => Number.parseInt((await news.textContent()) ?? "0", 10);

  const time = await used(page);
  const began = Date.now();
  const half = await record(api);
  await expect(news).toBeVisible();
  const first = await counted();
  const recorded = half + (await record(api));
  const took = Date.now() - began;
  const share = (await time()) / (took / 1000);
  console.log(`${recorded} Logs in ${took} ms, ${Math.round(share * 100)} % of a processor`);
  await expect.poll(counted).toBeGreaterThan(first);
  expect(await read.boundingBox()).toEqual(before);
  expect(share).toBeLessThan(0.5);
});
