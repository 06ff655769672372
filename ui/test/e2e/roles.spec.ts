import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { expect, test } from "./fixtures";

test.use({ signedIn: false });

/** Signs the page in with a new key of the role, and returns the key. */
async function as(page: Page, url: string, role: string): Promise<string> {
  const { secret } = await new Api(url).post("/api-keys", { name: `a ${role}`, role });
  const answer = await page.context().request.post(`${url}/ui/session`, { data: { key: secret } });
  expect(answer.status()).toBe(200);
  return secret as string;
}

// What only admins may do, by the page that has the button, and the request behind it.
const admins: [path: string, button: string, method: string, request: string, body?: object][] = [
  ["/settings/keys", "Make a key", "POST", "/v5/api-keys", { name: "x", role: "admin" }],
  ["/settings/aliases", "Make an alias", "PUT", "/v5/aliases/fast", { targets: [{ provider: "mock", model: "echo" }] }],
  ["/settings/environments", "Make an environment", "POST", "/v5/environments", { name: "x" }],
  ["/settings/environments", "Rename production", "PATCH", "/v5/environments/production", { name: "x" }],
  ["/settings/environments", "Make default: staging", "POST", "/v5/environments/staging/default"],
  ["/settings/environments", "Delete development", "DELETE", "/v5/environments/development"],
  ["/settings/providers?q=openai&open=openai", "Store key", "PUT", "/v5/provider-keys/openai", { key: "sk-1" }],
  ["/settings/providers?q=mock", "Test Mock", "POST", "/v5/provider-keys/mock/test"],
];

for (const role of ["member", "developer"]) {
  test(`a ${role} sees what an admin may do, and why not they`, async ({ page, server }) => {
    const key = await as(page, server.url, role);
    for (const [path, name, method, request, body] of admins) {
      await page.goto(path);
      const button = page.getByRole("button", { name, exact: true });
      await expect(button).toHaveAttribute("aria-disabled", "true");
      await button.focus();
      await expect(page.getByText(`This needs the role admin; yours is ${role}.`).first()).toBeVisible();
      const answer = await fetch(server.url + request, {
        method,
        headers: { "X-API-KEY": key, "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
      });
      expect([name, ((await answer.json()) as { detail: { reason: string } }).detail.reason]).toEqual([
        name,
        "gateway_permission_denied",
      ]);
    }
    await expect(page).not.toHaveURL(/login/);
  });
}

test("a member sees about, and is told whose key it is", async ({ page, server }) => {
  await as(page, server.url, "member");
  await page.goto("/settings/about");
  await expect(page.getByText("SQLite")).toBeVisible();
  await page.goto("/settings/keys");
  await expect(page.getByText("You use the key a member")).toBeVisible();
});

test("an admin may", async ({ page, server }) => {
  await as(page, server.url, "admin");
  for (const [path, name] of admins) {
    await page.goto(path);
    const button = page.getByRole("button", { name, exact: true });
    await expect(button).toBeVisible();
    await expect(button).not.toHaveAttribute("aria-disabled", "true");
  }
});
