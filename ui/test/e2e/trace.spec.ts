import type { Page } from "@playwright/test";
import { axe, expect, shot, test } from "./fixtures";

const spans = (page: Page) => page.getByRole("treegrid", { name: "Spans" });
const row = (page: Page, name: string | RegExp) => spans(page).getByRole("row", { name });
const drawer = (page: Page) => page.getByRole("complementary", { name: "Span" });

test("a trace is a tree beside its times", async ({ page, seeded }) => {
  await page.goto(`/logs/${seeded.logs.flow}/trace`);
  await expect(spans(page).getByRole("row")).toHaveCount(4);
  await expect(row(page, /tests\/failing/)).toContainText("provider_overloaded");
  await shot(page, "trace");
  await axe(page);
});

test("a span opens beside the trace, and the address keeps it", async ({ page, seeded }) => {
  await page.goto(`/logs/${seeded.logs.flow}/trace`);
  await row(page, /support\/greeting/).click();
  await expect(drawer(page)).toContainText("Where is my parcel?");
  await expect(page).toHaveURL(/\?span=log_/);
  await page.reload();
  await expect(drawer(page)).toContainText("Where is my parcel?");
  await shot(page, "trace-span");
  await axe(page);
});

test("all of it goes by the keyboard", async ({ page, seeded }) => {
  await page.goto(`/logs/${seeded.logs.flow}/trace`);
  await expect(row(page, /support\/visit/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(spans(page).getByRole("row")).toHaveCount(1);
  await page.keyboard.press("f");
  await expect(row(page, /tests\/failing/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(drawer(page).getByRole("alert")).toContainText("provider_overloaded");
  await page.keyboard.press("k");
  await expect(drawer(page)).toContainText("support/greeting");
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toBeHidden();
  await expect(page).toHaveURL(/\/trace$/);
  await page.keyboard.press("v");
  await expect(page).toHaveURL(/\?view=tree$/);
});

test("a filter leaves what leads to what it takes", async ({ page, seeded }) => {
  await page.goto(`/logs/${seeded.logs.flow}/trace?only=failed`);
  await expect(spans(page).getByRole("row")).toHaveCount(2);
  await page.goto(`/logs/${seeded.logs.flow}/trace?only=models&view=tree`);
  await expect(spans(page).getByRole("row")).toHaveCount(3);
  await shot(page, "trace-figures");
  await axe(page);
});
