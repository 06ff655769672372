import { axe, expect, shot, test } from "./fixtures";

test("the frame is around every screen", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  await expect(page).toHaveTitle("Openloop");
  await shot(page, "shell");
  await axe(page);
});
