import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { axe, test as base, expect, shot } from "./fixtures";

/** A visit with a Tool, a call, and a call that failed: the id of its Log. */
const test = base.extend<object, { visit: string }>({
  visit: [
    async ({ server, seeded }, use) => {
      const api = new Api(server.url);
      const flow = { id: seeded.files["support/visit"], inputs: { customer: "u1" }, log_status: "incomplete" };
      const trace_parent_id = (await api.post("/flows/log", flow)).id as string;
      const prompt = { id: seeded.files["support/greeting"], trace_parent_id };
      const messages = [{ role: "user", content: "Where is my parcel?" }];
      await api.post("/tools/log", { path: "support/count", trace_parent_id, inputs: { text: "a" }, output: "1" });
      await api.post("/prompts/log", { ...prompt, messages, output: "On its way." });
      await api.post("/prompts/log", { ...prompt, error: "Nobody answered." });
      await api.send("PATCH", `/flows/logs/${trace_parent_id}`, { output: "Done.", log_status: "complete" });
      await use(trace_parent_id);
    },
    { scope: "worker" },
  ],
});

const spans = (page: Page) => page.getByRole("treegrid", { name: "Spans" });
const row = (page: Page, name: string | RegExp) => spans(page).getByRole("row", { name });
const drawer = (page: Page) => page.getByRole("complementary", { name: "Span" });

test("a trace is a tree beside its times", async ({ page, visit }) => {
  await page.goto(`/logs/${visit}/trace`);
  await expect(spans(page).getByRole("row")).toHaveCount(4);
  await expect(row(page, /Nobody answered/)).toContainText("support/greeting");
  await shot(page, "trace");
  await axe(page);
});

test("a span opens beside the trace, and the address keeps it", async ({ page, visit }) => {
  await page.goto(`/logs/${visit}/trace`);
  await row(page, /support\/greeting/)
    .first()
    .click();
  await expect(drawer(page)).toContainText("Where is my parcel?");
  await expect(page).toHaveURL(/\?span=log_/);
  await page.reload();
  await expect(drawer(page)).toContainText("Where is my parcel?");
  await shot(page, "trace-span");
  await axe(page);
});

test("all of it goes by the keyboard", async ({ page, visit }) => {
  await page.goto(`/logs/${visit}/trace`);
  await expect(row(page, /support\/visit/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(spans(page).getByRole("row")).toHaveCount(1);
  await page.keyboard.press("f");
  await expect(row(page, /Nobody answered/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(drawer(page)).toContainText("Nobody answered.");
  await page.keyboard.press("k");
  await expect(drawer(page)).toContainText("On its way.");
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toBeHidden();
  await expect(page).toHaveURL(/\/trace$/);
  await page.keyboard.press("v");
  await expect(page).toHaveURL(/\?view=tree$/);
});

test("a filter leaves what leads to what it takes", async ({ page, visit }) => {
  await page.goto(`/logs/${visit}/trace?only=failed`);
  await expect(spans(page).getByRole("row")).toHaveCount(2);
  await page.goto(`/logs/${visit}/trace?only=models&view=tree`);
  await expect(spans(page).getByRole("row")).toHaveCount(3);
  await shot(page, "trace-figures");
  await axe(page);
});
