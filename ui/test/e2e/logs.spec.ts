import type { Page } from "@playwright/test";
import { axe, expect, shot, test } from "./fixtures";

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("gridcell") });
const drawer = (page: Page) => page.getByRole("complementary", { name: "Log" });
const add = async (page: Page, text: string) => {
  const field = page.getByRole("combobox", { name: "Filter Logs" });
  await field.fill(text);
  await field.press("Enter");
};

test("a filter narrows the rows and is in the address, which shows the same elsewhere", async ({ page }) => {
  await page.goto("/logs");
  await expect(rows(page).first()).toBeVisible();
  await add(page, "reason:rate_limited");
  await expect(page).toHaveURL(/reason=rate_limited/);
  await expect(rows(page).first()).toContainText("rate_limited");
  await page.goto(page.url());
  await expect(rows(page).first()).toContainText("rate_limited");
  await expect(page.getByRole("button", { name: "reason: rate_limited" })).toBeVisible();
});

test("keys open a Log, go to the next beside it, and give the focus back", async ({ page }) => {
  await page.goto("/logs?type=prompt");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await expect(drawer(page).getByRole("tab", { name: "Conversation" })).toBeVisible();
  const first = new URL(page.url()).searchParams.get("log");
  await page.keyboard.press("j");
  await expect(page).not.toHaveURL(new RegExp(first ?? "none"));
  await expect(drawer(page)).toContainText(new URL(page.url()).searchParams.get("log") ?? "none");
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
  await expect(page.getByRole("grid", { name: "Logs" })).toBeFocused();
});

test("a failed Log shows whose failure it is, and its payloads when their tabs open", async ({ page, seeded }) => {
  await page.goto(`/logs?log=${seeded.logs.failed}`);
  await expect(drawer(page).getByRole("link", { name: "What this means" })).toBeVisible();
  const whole = page.waitForRequest(
    (request) => request.url().includes(seeded.logs.failed) && !request.url().includes("view=brief"),
  );
  await drawer(page).getByRole("tab", { name: "Request" }).click();
  await whole;
  await expect(page).toHaveURL(/tab=request/);
});

test("no match says what removing each filter would bring", async ({ page }) => {
  await page.goto("/logs?model=nothing&status=failed");
  await page.getByRole("button", { name: /^Without model:nothing: [1-9]/ }).click();
  await expect(rows(page).first()).toBeVisible();
});

test("feedback is given and withdrawn", async ({ page, seeded }) => {
  await page.goto(`/logs/${seeded.logs.failed}?tab=judgments`);
  const rating = page.getByRole("region", { name: "rating", exact: true });
  await rating.getByRole("button", { name: "bad" }).click();
  await expect(rating.getByRole("button", { name: "Withdraw" })).toBeVisible();
  await rating.getByRole("button", { name: "Withdraw" }).click();
  await expect(rating.getByRole("button", { name: "Withdraw" })).toHaveCount(0);
});

test("it looks right, and axe finds nothing serious", async ({ page }) => {
  await page.goto("/logs");
  await expect(rows(page).first()).toBeVisible();
  await shot(page, "logs");
  await axe(page);
});

test("the drawer looks right, and axe finds nothing serious in it", async ({ page, seeded }) => {
  await page.goto(`/logs?log=${seeded.logs.failed}&tab=judgments`);
  await expect(drawer(page).getByRole("tab", { name: "Judgments" })).toBeVisible();
  await shot(page, "log-drawer");
  await axe(page);
});

test("the open list of the filters leaves the rest of the page within reach", async ({ page }) => {
  await page.goto("/logs");
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Filter Logs" }).fill("status:");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expect(page.getByRole("grid", { name: "Logs" })).toBeVisible();
  await axe(page);
});

test("dialogs begin at their first field, and axe finds nothing serious in them and their lists", async ({
  page,
  seeded,
}) => {
  await page.goto(`/logs?log=${seeded.logs.long}`);
  await expect(drawer(page).getByRole("tab", { name: "Conversation" })).toBeVisible();
  const begins = { d: "Dataset", p: "Provider" };
  for (const [key, field] of Object.entries(begins)) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog").getByRole("combobox", { name: field })).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("option").first()).toBeVisible();
    await axe(page);
    await page.keyboard.press("Escape"); // the list
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
});

test("one comes to all Logs without those of Evaluators, and a chip says so", async ({ page }) => {
  await page.goto("/settings/about");
  await page.getByRole("link", { name: "Logs" }).first().click();
  await expect(page.getByRole("button", { name: "not type: evaluator" })).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  const judgments = rows(page).filter({ has: page.getByRole("img", { name: "evaluator" }) });
  await expect(judgments).toHaveCount(0);
  await page.getByRole("button", { name: "Remove !type:evaluator" }).click();
  await expect(page).toHaveURL(/\/logs$/);
  await add(page, "type:evaluator");
  await expect(judgments.first()).toBeVisible();
});
