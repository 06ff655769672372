import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base, expect, signIn } from "./fixtures";

const prefix = "/x/y";

interface Behind {
  /** The address of the UI behind a proxy that takes the prefix away. */
  behind: string;
}

const test = base.extend<object, Behind>({
  behind: [
    async ({ server }, use) => {
      const proxy = await startProxy(server.url);
      await use(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`);
      proxy.close();
    },
    { scope: "worker" },
  ],
});

test.use({ signedIn: false, settings: { OPENLOOP_TRUSTED_PROXIES: "127.0.0.1" } });

function startProxy(to: string): Promise<Server> {
  const proxy = createServer((asked, answer) => {
    if (!asked.url?.startsWith(`${prefix}/`)) return answer.writeHead(404).end();
    const { host } = asked.headers;
    const headers = {
      ...asked.headers,
      "x-forwarded-prefix": prefix,
      "x-forwarded-host": host,
      "x-forwarded-proto": "http",
    };
    const passed = request(to + asked.url.slice(prefix.length), { method: asked.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    asked.pipe(passed);
  });
  return new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(proxy)));
}

/** The addresses of all pages, as src/routes.ts has them. */
const addresses = [...readFileSync("src/routes.ts", "utf8").matchAll(/= page\(\s*"([^"]+)"/g)].map(
  ([, path = ""]) => path,
);

test("every address is loaded anew below a prefix", async ({ page, context, behind, seeded, allow }) => {
  test.setTimeout(120_000);
  allow(/request to another origin/); // the origin of the proxy
  expect(addresses.length).toBeGreaterThan(10);
  await signIn(context, behind);
  const asked: string[] = [];
  page.on("response", (response) => {
    if (!response.url().startsWith(`${behind}/`) || response.status() >= 400)
      asked.push(`${response.status()} ${response.url()}`);
  });
  for (const address of addresses) {
    if (address === "/login") continue; // the next test
    const id = address.startsWith("/logs/") ? seeded.logs.flow : (seeded.files["support/greeting"] ?? "");
    const path = address
      .replace("$id", id)
      .replace("$section", "about")
      .replace("$reason", "rate_limited")
      .replace("$", "support/greeting");
    await page.goto(behind + path);
    await expect(page.getByRole("navigation", { name: "Workspace" }), path).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect(page.url().startsWith(`${behind}/`), page.url()).toBe(true);
  }
  expect(asked).toEqual([]);
});

test("signing in, links and pages of failures stay below the prefix", async ({ page, behind, allow }) => {
  allow(/request to another origin|401/);
  await page.goto(`${behind}/errors/nope`);
  await expect(page).toHaveURL(`${behind}/login?next=%2Ferrors%2Fnope`);
  await page.getByLabel("API key").fill("hl_sk_test_0123456789abcdef");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${behind}/errors/nope`);
  await page.locator('a[href="/x/y/errors/rate_limited"]').click();
  await expect(page).toHaveURL(`${behind}/errors/rate_limited`);
  await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: "Logs" }).click();
  await expect(page).toHaveURL(new RegExp(`^${behind}/logs`));
  const cookie = (await page.context().cookies()).find(({ name }) => name === "openloop_session");
  expect(cookie?.path).toBe(prefix);
});
