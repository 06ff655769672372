import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { axe, expect, shot, test } from "./fixtures";

const done = (page: Page, step: string) => page.getByRole("button", { name: `${step} done` });

/** Presses Tab until an element of that role and name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    const said = (await focused.getAttribute("aria-label")) ?? (await focused.textContent()) ?? "";
    if (typeof name === "string" ? said.startsWith(name) : name.test(said)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

test("all five steps by the keyboard alone, in less than a minute", async ({ page, allow }) => {
  allow(/status of 429/); // the step that fails on purpose
  test.setTimeout(60_000);
  const began = Date.now();
  await page.goto("/welcome");
  await expect(page).toHaveURL(/step=1/, { timeout: 15_000 });
  await expect(page.getByRole("textbox", { name: "name" })).toBeVisible();

  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("Answer")).toHaveText("Hello Ada, welcome to Openloop.");
  await expect(done(page, "Run it")).toBeVisible();
  await shot(page, "welcome-1");
  await axe(page);
  await tabTo(page, "Next: Break it");
  await page.keyboard.press("Enter");

  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert")).toContainText("rate_limited", { timeout: 10_000 });
  await expect(page.getByRole("alert")).toContainText("provider’s");
  await expect(done(page, "Break it")).toBeVisible();
  await shot(page, "welcome-2");
  await axe(page);
  await tabTo(page, "Next: See it");
  await page.keyboard.press("Enter");

  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/logs\/log_/);
  await page.goBack(); // Alt and left, which a browser without a window does not take
  await expect(done(page, "See it")).toBeVisible();
  await tabTo(page, "Next: Ship it");
  await page.keyboard.press("Enter");

  await expect(page.getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Control+Shift+ArrowRight");
  await page.keyboard.type("Good morning");
  await expect(page.getByRole("table")).toContainText("Good morning");
  await shot(page, "welcome-4");
  await axe(page);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("is deployed to staging")).toBeVisible();
  await expect(done(page, "Ship it")).toBeVisible();
  await tabTo(page, "Next: Call it");
  await page.keyboard.press("Enter");

  await page.keyboard.press("Control+Enter");
  const line = page.getByText(/^export OPENLOOP_API_KEY=/);
  await expect(line).toBeVisible();
  await shot(page, "welcome-5");
  await axe(page);
  const call = await page.getByRole("tabpanel").textContent();
  const said = execFileSync("sh", ["-c", `${await line.textContent()}\n${call}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(said.toString()).toContain("Good morning Ada");
  await expect(done(page, "Call it")).toBeVisible();
  expect(Date.now() - began).toBeLessThan(60_000);
});

test("it closes for good, and opens again from the account menu", async ({ page }) => {
  await page.goto("/welcome");
  await page.getByRole("button", { name: /close for good/i }).click();
  await expect(page).toHaveURL(/\/$/);
  expect(await page.evaluate(() => localStorage.getItem("openloop.prefs"))).toContain('"welcomed":true');
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "First steps" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "First steps" })).toBeVisible();
});

test.describe("of a developer", () => {
  test.use({ signedIn: false });
  test("a key cannot be made, and says so", async ({ page, server }) => {
    const { secret } = await new Api(server.url).post("/api-keys", { name: "dev", role: "developer" });
    await page.context().request.post(`${server.url}/ui/session`, { data: { key: secret } });
    await page.goto("/welcome?step=5");
    await expect(page.getByRole("button", { name: "Make a key" })).toHaveAttribute("aria-disabled", "true");
  });
});
