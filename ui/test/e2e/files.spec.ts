import type { Page } from "@playwright/test";
import { axe, expect, shot, test } from "./fixtures";

const grid = (page: Page) => page.getByRole("grid", { name: /^Files/ });
const row = (page: Page, name: string) => grid(page).getByRole("row", { name });
const tree = (page: Page) => page.getByRole("tree", { name: "Directories" });

test("Files are found by directory, kind and words, and the address keeps it", async ({ page, seeded }) => {
  const [path = ""] = Object.keys(seeded.files).filter((file) => file.includes("/"));
  const [dir = ""] = path.split("/");
  await page.goto("/files");
  await expect(grid(page).getByRole("row").nth(1)).toBeVisible();
  await shot(page, "files");
  await axe(page);
  await tree(page).getByRole("treeitem", { name: dir, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`dir=${dir}`));
  await expect(row(page, path.slice(path.lastIndexOf("/") + 1))).toBeVisible();
  await page.getByRole("searchbox").fill("no such words");
  await expect(page.getByText("No File matches these filters.")).toBeVisible();
  await expect(page).toHaveURL(/q=no\+such\+words/);
  await page.reload();
  await expect(page.getByText("No File matches these filters.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(grid(page).getByRole("row").nth(1)).toBeVisible();
});

test("a Prompt is made, renamed, moved and deleted by keys alone", async ({ page }) => {
  await page.goto("/files");
  await expect(grid(page)).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByRole("dialog", { name: "New Prompt" }).locator("input:focus")).toBeVisible();
  await page.keyboard.type("zz/made by keys");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/files\/pr_\w+\/editor/);
  await page.goto("/files?dir=zz");
  await expect(row(page, "made by keys")).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("F2");
  await expect(page.getByRole("dialog").locator("input:focus")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("renamed");
  await expect(page.getByText("zz/renamed")).toBeVisible();
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(row(page, "renamed")).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText("1 version, 0 Logs")).toBeVisible();
  await expect(page.getByText("Deployed to")).toBeVisible();
  await page.keyboard.type("renamed");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This directory has no Files.")).toBeVisible();
});

test("a path leads to its File, and other kinds have an overview", async ({ page, seeded }) => {
  const [path, id] = Object.entries(seeded.files).find(([, id]) => id.startsWith("ev_") || id.startsWith("ds_")) ?? [];
  await page.goto(`/at/${path}`);
  await expect(page).toHaveURL(new RegExp(`/files/${id}$`));
  await expect(page.getByRole("heading", { name: "Content of the newest version" })).toBeVisible();
  await shot(page, "overview");
  await axe(page);
});
