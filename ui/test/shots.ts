// Writes the pictures of docs/ui: `make ui-shots`. They show a server that is seeded, as the tests have it.
import { expect, test } from "./e2e/fixtures";

test.use({ viewport: { width: 1280, height: 720 } });

test("pictures", async ({ page, seeded }) => {
  const screens = {
    home: "/?last=1h",
    files: "/files",
    editor: `/files/${seeded.files["support/greeting"]}/editor`,
    versions: `/files/${seeded.files["support/greeting"]}/versions`,
    logs: `/logs?last=1h&log=${seeded.logs.failed}`,
    log: `/logs/${seeded.logs.long}`,
    trace: `/logs/${seeded.logs.flow}/trace`,
    settings: "/settings/providers",
    keys: "/settings/keys",
    welcome: "/welcome",
    reason: "/errors/rate_limited",
  };
  for (const [name, address] of Object.entries(screens)) {
    await page.goto(address);
    await page.waitForLoadState("networkidle");
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await page.screenshot({ path: `../docs/ui/${name}.png`, animations: "disabled" });
  }
});
