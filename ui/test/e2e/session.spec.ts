import type { BrowserContext, Page } from "@playwright/test";
import { startServer } from "../server";
import { axe, expect, key, shot, test } from "./fixtures";

test.use({ signedIn: false });

const field = (page: Page) => page.getByLabel("API key");
const submit = (page: Page) => page.getByRole("button", { name: "Sign in" });

async function signInByKey(page: Page): Promise<void> {
  await field(page).fill(key);
  await field(page).press("Enter");
  await expect(page.getByRole("navigation", { name: "Workspace" })).toBeVisible();
}

const session = async (context: BrowserContext) =>
  (await context.cookies()).find(({ name }) => name === "openloop_session");

test("a key signs in, and leads back to where one wanted to go", async ({ page, context, allow }) => {
  allow(/401/); // what was asked before anybody was signed in
  await page.goto("/settings/about?x=1");
  await expect(page).toHaveURL(/\/login\?next=/);
  await expect(field(page)).toBeFocused();
  await signInByKey(page);
  await expect(page).toHaveURL(/\/settings\/about/);
  expect(await session(context)).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
});

test("the key is kept nowhere in the browser", async ({ page, allow }) => {
  allow(/401/);
  await page.goto("/login");
  await signInByKey(page);
  const kept = await page.evaluate(async () => [
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
    document.cookie,
    document.documentElement.outerHTML,
    location.href,
    ...(await indexedDB.databases()).map(({ name }) => name),
  ]);
  expect(kept.filter((text) => text?.includes(key))).toEqual([]);
});

test("a link signs in once, and its token leaves the address", async ({ page, context, server, allow }) => {
  const link = server.run("login-link").match(/http\S+/)?.[0] ?? "";
  await page.goto(link.replace(/^https?:\/\/[^/]+/, ""));
  await expect(page.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  await expect(page).not.toHaveURL(/once/);

  allow(/401/);
  await context.clearCookies();
  await page.goto("about:blank");
  await page.goto(link.replace(/^https?:\/\/[^/]+/, server.url));
  await expect(page.getByRole("alert")).toContainText("The link is no longer valid");
  await shot(page, "login-link-used");
});

test("a refused key says why, and keeps what was typed", async ({ page, allow }) => {
  allow(/401/);
  await page.goto("/login");
  await field(page).fill("hl_sk_wrong");
  await submit(page).click();
  await expect(page.getByRole("alert")).toContainText("The key is not valid");
  await expect(page.getByRole("alert")).toContainText("gateway_key_invalid");
  await expect(field(page)).toHaveValue("hl_sk_wrong");
  await shot(page, "login-refused");
  await axe(page);
});

test("signing out ends the session on the server", async ({ page, context, server, allow }) => {
  allow(/401/);
  await page.goto("/login");
  await signInByKey(page);
  const cookie = await session(context);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  expect(await session(context)).toBeUndefined();
  const again = await fetch(`${server.url}/v5/me`, { headers: { Cookie: `openloop_session=${cookie?.value}` } });
  expect(again.status).toBe(401);
});

test("a session that has ended leads to the sign-in, and back", async ({ page, context, allow }) => {
  allow(/401/);
  await page.goto("/login");
  await signInByKey(page);
  await page.goto("/errors/rate_limited?last=7d");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await context.clearCookies();
  await page.getByRole("button", { name: "Find anything" }).click();
  await page.getByRole("combobox").fill("greeting");
  await expect(page).toHaveURL(/\/login\?next=/);
  await expect(page.getByText("After that you are back where you were.")).toBeVisible();
  await shot(page, "login");
  await signInByKey(page);
  await expect(page).toHaveURL(/\/errors\/rate_limited\?last=7d$/);
});

test("after too many tries it says how long to wait", async ({ page, allow }) => {
  allow(/./); // another server, whose origin is not that of the tests
  const server = await startServer();
  try {
    await page.goto(`${server.url}/login`);
    for (let tries = 0; tries < 10; tries++) {
      await fetch(`${server.url}/ui/session`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"key": "hl_sk_wrong"}',
      });
    }
    await field(page).fill("hl_sk_wrong");
    await submit(page).click();
    await expect(page.getByRole("alert")).toContainText(/You can try again in \d+/);
    await expect(page.getByRole("button", { name: /Sign in in \d+ s/ })).toBeDisabled();
    await shot(page, "login-too-many");
  } finally {
    await server.stop();
  }
});
