import type { Page } from "@playwright/test";
import { axe, expect, shot, test } from "./fixtures";

const rail = (page: Page) => page.getByRole("navigation", { name: "Workspace" });
const palette = (page: Page) => page.getByRole("dialog", { name: "Find anything" });
const finder = (page: Page) => palette(page).getByRole("combobox");
const chosen = (page: Page) => palette(page).getByRole("option", { selected: true });

async function openAccount(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account/ }).click();
}

test("the frame is around every screen", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await expect(rail(page)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("rate_limited · Openloop");
  await shot(page, "reason");
  await axe(page);
});

test("the rail leads to the places, and stays folded", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle("Openloop");
  await rail(page).getByRole("link", { name: "Logs" }).click();
  await expect(page).toHaveURL(/\/logs/);
  await expect(rail(page).getByRole("link", { name: "Logs" })).toHaveAttribute("aria-current", "page");
  await page.getByRole("button", { name: "Fold the navigation" }).click();
  await expect(page.getByRole("button", { name: "Unfold the navigation" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Unfold the navigation" })).toBeVisible();
  await expect(rail(page).getByRole("link", { name: "Files" })).toBeVisible();
  await shot(page, "folded");
  await axe(page);
});

test("a narrow window has the places in a sheet", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/");
  await expect(rail(page)).toBeHidden();
  const open = page.getByRole("button", { name: "Open the navigation" });
  await open.click();
  await expect(page.getByRole("dialog", { name: "Openloop" })).toBeVisible();
  await axe(page);
  await page.keyboard.press("Escape");
  await expect(open).toBeFocused();
  await open.click();
  await page.getByRole("dialog").getByRole("link", { name: "Files" }).click();
  await expect(page).toHaveURL(/\/files/);
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("the range is in the address", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await page.getByRole("button", { name: "Time range: Last 24 hours" }).click();
  await shot(page, "range");
  await axe(page);
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await expect(page).toHaveURL(/\?last=7d$/);
  await page.getByRole("button", { name: "Time range: Last 7 days" }).click();
  await page.getByLabel(/^From/).fill("2026-03-01T10:00");
  await page.getByLabel(/^To/).fill("2026-03-01T12:30");
  await page.getByRole("button", { name: "Show this range" }).click();
  await expect(page).toHaveURL(/from=2026-03-01T09%3A00%3A00.000Z&to=2026-03-01T11%3A30%3A00.000Z$/);
  await expect(page.getByRole("button", { name: "Time range: 2026-03-01 10:00 to 12:30" })).toBeVisible();
  await expect(page.getByLabel(/^From/)).toBeHidden();
  await page.keyboard.press("t");
  await expect(page.getByRole("button", { name: "Time range: 2026-03-01 09:00 to 11:30" })).toBeVisible();
  await shot(page, "range-chosen");
});

test("the palette finds Files, actions and ids by keyboard", async ({ page, seeded }) => {
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(finder(page)).toBeFocused();
  await axe(page);
  await finder(page).pressSequentially("greet");
  await expect(chosen(page)).toContainText("support/greeting");
  await shot(page, "palette");
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/files/${seeded.files["support/greeting"]}`));

  await page.keyboard.press("Control+k");
  await finder(page).fill(seeded.logs.failed);
  await expect(chosen(page)).toContainText(seeded.logs.failed);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/logs/${seeded.logs.failed}`));

  await page.keyboard.press("Control+k");
  await finder(page).fill(">dark");
  await expect(chosen(page)).toContainText("Use the dark theme");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Control+k");
  await expect(finder(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
});

test("the palette shows what it has found within 80 ms of a key", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(finder(page)).toBeFocused();
  const took: number[] = [];
  for (const letter of "support/greeting") {
    // From the key to the frame after the list has been drawn for the new words, with what the server found.
    const answered = page.waitForResponse(/\/v5\/search/);
    const time = page.evaluate(
      () =>
        new Promise<number>((done) => {
          let start = 0;
          let last = 0;
          const field = document.querySelector<HTMLElement>(".finder-field");
          const list = document.querySelector(".finder-list");
          field?.addEventListener("keydown", (event) => (start = event.timeStamp), { once: true, capture: true });
          const seen = new MutationObserver(() => {
            last = performance.now();
          });
          if (list) seen.observe(list, { childList: true, subtree: true, characterData: true, attributes: true });
          setTimeout(() => done(last - start), 300);
        }),
    );
    await page.keyboard.press(letter);
    await answered;
    took.push(await time);
  }
  const middle = took.sort((a, b) => a - b)[took.length >> 1] ?? 0;
  test.info().annotations.push({ type: "keystroke", description: `${middle.toFixed(0)} ms` });
  expect(middle).toBeLessThanOrEqual(80);
});

test("the keys dialog lists the keys, and can switch single ones off", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys of this screen" });
  await expect(dialog).toContainText("Go to Logs");
  await shot(page, "keys");
  await axe(page);
  await dialog.getByRole("switch").click();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/\/errors\/rate_limited/);
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
});

test("single keys go to the places, and not while text is edited", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await finder(page).pressSequentially("g l");
  await expect(finder(page)).toHaveValue("g l");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/files/);
});

test("the theme is kept, and is there before anything is drawn", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await openAccount(page);
  await shot(page, "account");
  await axe(page);
  await page.getByRole("menuitemcheckbox", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const { name } of list.getEntries())
        if (name === "first-paint")
          document.documentElement.dataset.painted = document.documentElement.dataset.theme ?? "none";
    }).observe({ type: "paint", buffered: true });
  });
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-painted", "dark");
  expect(await page.evaluate(() => document.querySelector("script[type=module]")?.getAttribute("blocking"))).toBe(
    "render",
  );
});

test("an address that leads nowhere says so, and what may have been meant", async ({ page }) => {
  await page.goto("/files/x/y/greeting");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByRole("link", { name: "support/greeting" })).toBeVisible();
  await expect(page).toHaveTitle("Not found · Openloop");
  await shot(page, "missing");
  await axe(page);
});

test("an unknown reason shows those that are known", async ({ page }) => {
  await page.goto("/errors/nope");
  await expect(page.getByRole("heading", { name: "No failure is called so" })).toBeVisible();
  await shot(page, "reason-unknown");
  await axe(page);
  await page.getByRole("link", { name: "rate limit", exact: false }).first().click();
  await expect(page).toHaveURL(/\/errors\/\w+/);
});

test("an outage is said across all screens, until the server answers again", async ({ page, context, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED/);
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForLoadState("networkidle"); // the palette has come
  await context.setOffline(true);
  await page.keyboard.press("Control+k");
  await finder(page).fill("greeting");
  await expect(palette(page)).toContainText("The search failed.");
  await page.keyboard.press("Escape");
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  await shot(page, "outage");
  await axe(page);
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("The server does not answer.")).toBeHidden();
});

test("the first stop of Tab leads to the content", async ({ page }) => {
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});
