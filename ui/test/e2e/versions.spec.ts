import type { Page } from "@playwright/test";
import { key } from "../server";
import { axe, expect, shot, test } from "./fixtures";

const grid = (page: Page) => page.getByRole("grid", { name: "Versions" });
const comparison = (page: Page) => page.getByRole("region", { name: "Comparison" });

interface Made {
  id: string;
  version_id: string;
}

/** Saves a Prompt with two versions, of which the first is deployed. */
async function twoVersions(page: Page, url: string, path: string): Promise<{ file: string; v1: string; v2: string }> {
  const save = async (temperature: number, text: string, version_name: string) => {
    const answer = await page.request.post(`${url}/v5/prompts`, {
      headers: { "X-API-KEY": key },
      data: {
        path,
        provider: "mock",
        model: "echo",
        temperature,
        version_name,
        template: [{ role: "user", content: text }],
      },
    });
    return (await answer.json()) as Made;
  };
  const first = await save(0.2, "Say hello to {{name}}.", "v1");
  const second = await save(0.7, "Say goodbye to {{name}}.", "v2");
  return { file: first.id, v1: first.version_id, v2: second.version_id };
}

test("x x shows exactly what differs", async ({ page, server }) => {
  const { file } = await twoVersions(page, server.url, "versions/diff");
  await page.goto(`/files/${file}/versions`);
  await expect(grid(page).getByRole("row")).toHaveCount(3);
  await grid(page).focus();
  for (const pressed of ["j", "x", "j", "x"]) await page.keyboard.press(pressed);
  await expect(comparison(page).getByText("temperature 0.2 → 0.7, +1 −1 lines")).toBeVisible();
  await expect(comparison(page).locator("mark")).toHaveText(["hello", "goodbye"]);
  await shot(page, "versions");
  await axe(page);
  const address = page.url();
  await page.goto("/files");
  await page.goto(address);
  await expect(comparison(page).locator("mark")).toHaveText(["hello", "goodbye"]);
});

test("a version is deployed and rolled back by keys, and callers get it", async ({ page, server }) => {
  const { file, v1, v2 } = await twoVersions(page, server.url, "versions/deploy");
  const called = async () => {
    const answer = await page.request.post(`${server.url}/v5/prompts/call`, {
      headers: { "X-API-KEY": key },
      data: { path: "versions/deploy", inputs: { name: "Ada" } },
    });
    return ((await answer.json()) as { prompt: Made }).prompt.version_id;
  };
  await page.goto(`/files/${file}/versions`);
  await expect(grid(page).getByRole("row")).toHaveCount(3);
  await grid(page).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+D");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Environment").click();
  await page.getByRole("option", { name: /production/ }).click();
  await expect(dialog.getByText("temperature 0.2 → 0.7, +1 −1 lines")).toBeVisible();
  await axe(page);
  await dialog.getByLabel("Type production to confirm").fill("production");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  expect(await called()).toBe(v2);
  await page.getByRole("button", { name: "More for production" }).click();
  await page.getByRole("menuitem", { name: /Roll back/ }).click();
  await dialog.getByLabel("Type production to confirm").fill("production");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  expect(await called()).toBe(v1);
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.getByRole("cell", { name: "Roll back" })).toBeVisible();
  await axe(page);
});

test("nobody's deployment is overwritten", async ({ page, server, seeded, allow }) => {
  allow(/409/);
  const { file, v1, v2 } = await twoVersions(page, server.url, "versions/faster");
  await page.goto(`/files/${file}/versions`);
  await expect(grid(page).getByRole("row")).toHaveCount(3);
  await grid(page).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+D");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Nothing is deployed to staging now.")).toBeVisible();
  await page.request.post(
    `${server.url}/v5/prompts/${file}/environments/${seeded.environments.staging}?version_id=${v1}`,
    { headers: { "X-API-KEY": key } },
  );
  await dialog.getByRole("button", { name: "Deploy to staging" }).click();
  await expect(dialog.getByText("Somebody was faster")).toBeVisible();
  await dialog.getByRole("button", { name: "Replace that one" }).click();
  await dialog.getByRole("button", { name: "Deploy to staging" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("list", { name: "Deployed" })).toContainText("v2");
  expect(v2).not.toBe(v1);
});
