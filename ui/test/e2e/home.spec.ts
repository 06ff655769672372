import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { startServer } from "../server";
import { axe, expect, shot, signIn, test } from "./fixtures";

const figures = (page: Page) => page.getByLabel("Figures of the range");
const tile = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

// Logs are added up every few seconds.
async function counted(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/");
    await expect(figures(page)).toContainText(/Failures[1-9]/, { timeout: 2_000 });
  }).toPass({ timeout: 25_000 });
}

test("Home shows the range in one look", async ({ page, server }) => {
  await new Api(server.url).post("/prompts", {
    path: "home/changed",
    provider: "mock",
    model: "echo",
    template: "Hello",
  });
  await counted(page);
  for (const title of ["Calls", "Failures", "Slowest Files", "Dearest Files", "Health", "Spend", "What changed"]) {
    await expect(tile(page, title)).toBeVisible();
  }
  await expect(tile(page, "Health")).toContainText("SQLite");
  await expect(tile(page, "What changed")).toContainText("home/changed");
  await expect(page.locator("[aria-busy]")).toHaveCount(0);
  await shot(page, "home");
  await axe(page);
});

test("keys choose the range, and the address keeps it", async ({ page }) => {
  await counted(page);
  await page.keyboard.press("2");
  await expect(page).toHaveURL(/\/\?last=1h$/);
  await expect(page.getByRole("button", { name: "Time range: Last hour" })).toBeVisible();
  await page.keyboard.press("4");
  await expect(page).toHaveURL(/\/$/);
});

test("a failure leads to its Logs, within the range", async ({ page }) => {
  await counted(page);
  await page.keyboard.press("2");
  await tile(page, "Failures").getByRole("link", { name: "The provider's rate limit was reached" }).click();
  await expect(page).toHaveURL(/\/logs\?last=1h&reason=rate_limited$/);
});

test("the graph gives a range by the keyboard", async ({ page }) => {
  await counted(page);
  await page.getByRole("application", { name: /^Calls:/ }).focus();
  for (const key of ["End", "Shift+ArrowLeft", "Enter"]) await page.keyboard.press(key);
  await expect(page).toHaveURL(/\?from=.*&to=/);
});

test("a tile that fails leaves the others", async ({ page, allow }) => {
  allow(/503/);
  await page.route("**/v5/stats/failures*", (route) =>
    route.fulfill({
      status: 503,
      json: {
        detail: {
          code: 503,
          type: "service_unavailable_error",
          reason: "database_unavailable",
          message: "The database is not there.",
          origin: "openloop",
          origin_class: "server",
          retryable: false,
        },
      },
    }),
  );
  await page.goto("/");
  await expect(tile(page, "Failures").getByRole("alert")).toContainText("The database is not there.");
  await expect(tile(page, "Health")).toContainText("SQLite");
  await axe(page);
});

test("a reason shows when and where it happened", async ({ page }) => {
  await counted(page);
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("application", { name: /^Failures:/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "Files with the most such failures" })).toContainText("tests/failing");
});

test("changes of keys and environments are told", async ({ page, server }) => {
  await new Api(server.url).post("/environments", { name: "for-home" });
  await page.goto("/");
  await expect(tile(page, "What changed")).toContainText("environment for-home was made");
});

test("a workspace without Files leads to the first minute, once", async ({ page, allow }) => {
  allow(/./); // another server, whose origin is not that of the tests
  const empty = await startServer();
  try {
    await signIn(page.context(), empty.url);
    await page.goto(empty.url);
    await expect(page).toHaveURL(/\/welcome/);
  } finally {
    await empty.stop();
  }
});
