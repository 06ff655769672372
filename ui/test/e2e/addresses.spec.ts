// What one has chosen on a screen is in its address: opened elsewhere, it shows the same.
import type { Page } from "@playwright/test";
import { expect as quick, signIn, test } from "./fixtures";

const expect = quick.configure({ timeout: 15_000 }); // whole screens are loaded between

interface State {
  at: (ids: { prompt: string; flow: string }) => string;
  /** Chooses, and waits until it is seen. */
  choose: (page: Page) => Promise<unknown>;
  /** What must be seen elsewhere too. */
  seen: (page: Page) => Promise<unknown>;
}

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("gridcell") });
const log = (page: Page) => page.getByRole("complementary", { name: "Log" });
const span = (page: Page) => page.getByRole("complementary", { name: "Span" });

const states: Record<string, State> = {
  "a filter, an open Log and its tab": {
    at: () => "/logs",
    async choose(page) {
      const field = page.getByRole("combobox", { name: "Filter Logs" });
      await field.fill("status:failed");
      await field.press("Enter");
      await expect(page.getByRole("button", { name: "status: failed" })).toBeVisible();
      await expect(rows(page).first()).toBeVisible();
      await page.getByRole("grid", { name: "Logs" }).focus();
      for (const key of ["j", "o"]) await page.keyboard.press(key);
      await log(page).getByRole("tab", { name: "Details" }).click();
    },
    async seen(page) {
      await expect(page.getByRole("button", { name: "status: failed" })).toBeVisible();
      await expect(log(page)).toContainText(new URL(page.url()).searchParams.get("log") ?? "none");
      await expect(log(page).getByRole("tab", { name: "Details" })).toHaveAttribute("aria-selected", "true");
    },
  },
  "a directory and a search of Files": {
    at: () => "/files",
    async choose(page) {
      await page.getByRole("treeitem", { name: "support", exact: true }).click();
      await page.getByRole("searchbox").fill("greet");
    },
    async seen(page) {
      await expect(page.getByRole("searchbox")).toHaveValue("greet");
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("greeting");
    },
  },
  "a text and a panel of the editor": {
    at: ({ prompt }) => `/files/${prompt}/editor?panels=mock:lorem/12`,
    choose: (page) => page.getByRole("button", { name: "Text", exact: true }).click(),
    async seen(page) {
      await expect(page.getByRole("textbox", { name: ".prompt text" })).toBeVisible();
      await expect(page.getByRole("region", { name: "Panel: mock/lorem/12" })).toBeVisible();
    },
  },
  "two versions that are compared": {
    at: ({ prompt }) => `/files/${prompt}/versions`,
    async choose(page) {
      await expect(rows(page).nth(2)).toBeVisible();
      await page.getByRole("grid", { name: "Versions" }).focus();
      for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
      await page.getByRole("combobox", { name: "What is compared" }).click();
      await page.getByRole("option", { name: "Text of the file" }).click();
    },
    async seen(page) {
      const comparison = page.getByRole("region", { name: "Comparison" });
      await expect(comparison.getByRole("combobox", { name: "What is compared" })).toContainText("Text of the file");
      await expect(comparison).toContainText("temperature");
    },
  },
  "a span and what of a trace is shown": {
    at: ({ flow }) => `/logs/${flow}/trace?view=tree`,
    async choose(page) {
      await page.getByRole("row", { name: /support\/greeting/ }).click();
    },
    async seen(page) {
      await expect(span(page)).toContainText(new URL(page.url()).searchParams.get("span") ?? "none");
    },
  },
  "the range of Home": {
    at: () => "/",
    async choose(page) {
      await expect(page.getByRole("button", { name: /^Time range:/ })).toBeVisible(); // with it come its keys
      await page.keyboard.press("2");
    },
    seen: (page) => expect(page.getByRole("button", { name: "Time range: Last hour" })).toBeVisible(),
  },
  "a provider that was searched for": {
    at: () => "/settings/providers",
    choose: (page) => page.getByRole("searchbox").fill("deepseek"),
    seen: (page) => expect(page.getByRole("article")).toHaveCount(1),
  },
};

test("what is chosen is in the address", async ({ page, seeded, browser, server }) => {
  test.setTimeout(180_000);
  const elsewhere = await browser.newContext();
  await signIn(elsewhere, server.url);
  const other = await elsewhere.newPage();
  for (const [name, { at, choose, seen }] of Object.entries(states)) {
    await test.step(name, async () => {
      await page.goto(at({ prompt: seeded.files["support/greeting"] ?? "", flow: seeded.logs.flow }));
      await expect(page.locator("#main [aria-busy=true]")).toHaveCount(0, { timeout: 15_000 });
      const before = page.url();
      await choose(page);
      await seen(page);
      await expect.poll(() => page.url()).not.toBe(before);
      await other.goto(page.url());
      await seen(other);
    });
  }
  await elsewhere.close();
});
