import { Api } from "../seed";
import { axe, expect, key, shot, test } from "./fixtures";

const sections = {
  providers: "Providers",
  aliases: "Aliases",
  keys: "API keys",
  environments: "Environments",
  about: "About",
  me: "Me",
};

test("every section has an address, and fits", async ({ page }) => {
  test.setTimeout(60_000);
  for (const [section, name] of Object.entries(sections)) {
    await page.goto(`/settings/${section}`);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await shot(page, `settings-${section}`);
    await axe(page);
  }
});

test("settings begin with the providers, those with a key first", async ({ page }) => {
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/settings\/providers$/);
  await page.getByRole("searchbox").fill("deepseek");
  await expect(page).toHaveURL(/q=deepseek/);
  await page.reload();
  await expect(page.getByRole("article")).toHaveCount(1);
});

test("a key is stored, used before that of the environment, never shown, and deleted", async ({ page, server }) => {
  const secret = "sk-secret-0123456789wxyz";
  await page.goto("/settings/providers?open=openai");
  const card = page.getByRole("article", { name: "OpenAI", exact: true });
  await card.getByLabel("Key", { exact: true }).fill(secret);
  await card.getByRole("button", { name: "Store key" }).click();
  await expect(card.getByText("of this workspace")).toBeVisible();
  await expect(card.getByText("…wxyz")).toBeVisible();
  await expect(card.getByLabel("New key")).toHaveValue("");
  expect(await page.content()).not.toContain(secret);
  await shot(page, "settings-provider");
  await axe(page);
  await card.getByRole("button", { name: "Delete key" }).click();
  await axe(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete key" }).click();
  await expect(card.getByRole("button", { name: "Store key" })).toBeVisible();
  const { records } = (await new Api(server.url).get("/provider-keys")) as { records: Record<string, unknown>[] };
  expect(records.find(({ provider }) => provider === "openai")?.stored).toBe(false);
});

test("what was typed stays when saving fails, with the error at its field", async ({ page, allow }) => {
  allow(/status of 422/);
  await page.goto("/settings/providers?open=openai");
  const card = page.getByRole("article", { name: "OpenAI", exact: true });
  await card.getByLabel("Key", { exact: true }).fill("sk-0123456789abcdefgh");
  await card.getByLabel("Base URL").fill("ftp://nowhere");
  await card.getByRole("button", { name: "Store key" }).click();
  await expect(card.getByLabel("Base URL")).toHaveAttribute("aria-invalid", "true");
  await expect(card.getByLabel("Key", { exact: true })).toHaveValue("sk-0123456789abcdefgh");
});

test("a test says model and latency, or whose failure it is", async ({ page, allow }) => {
  await page.goto("/settings/providers?q=mock&open=mock");
  const card = page.getByRole("article", { name: "Mock" });
  await card.getByRole("button", { name: "Test Mock" }).click();
  await expect(card.getByRole("status").getByText(/echo answered in/)).toBeVisible();
  allow(/status of 4/);
  await card.getByLabel("Model to test with").fill("error/rate_limited");
  await card.getByRole("button", { name: "Test Mock" }).click();
  await expect(card.getByRole("alert")).toContainText("rate_limited");
});

/** Revokes all keys but that of the tests. */
async function onlyKey(api: Api): Promise<void> {
  const { key: mine } = (await api.get("/me")) as { key: { id: string } };
  const { records } = (await api.get("/api-keys")) as { records: { id: string; revoked_at?: string }[] };
  for (const { id, revoked_at } of records)
    if (id !== mine.id && !revoked_at) await api.send("DELETE", `/api-keys/${id}`);
}

test("a key is made, shown once, changed and revoked; the last admin's stays", async ({ page, server, allow }) => {
  await onlyKey(new Api(server.url)); // other specs may have made admins on the same server
  await page.goto("/settings/keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await axe(page);
  const prioritise = async (as: string) => {
    await page.getByRole("combobox", { name: "Priority" }).click();
    await page.getByRole("option", { name: as }).click();
  };
  await prioritise("critical");
  await page.getByRole("textbox", { name: "Name" }).fill("billing");
  await page.keyboard.press("Enter");
  const secret = await page.getByRole("alert").locator("code").textContent();
  expect(secret).toMatch(/^hl_sk_/);
  await shot(page, "settings-key-made");
  await page.getByRole("button", { name: "I have it" }).click();
  await expect(page.getByText(secret ?? "")).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
  await expect(page.getByRole("row", { name: "billing" })).toContainText("critical");
  await page.getByRole("button", { name: "Edit billing" }).click();
  await prioritise("batch");
  await page.getByRole("textbox", { name: "Name" }).fill("invoices");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: "invoices" })).toContainText("batch");
  await page.getByRole("button", { name: "Revoke invoices" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("was never used");
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText(/^\d+ revoked keys?$/)).toBeVisible();

  allow(/status of 4/);
  await page.getByRole("button", { name: /^Revoke / }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("It is in use");
  await expect(question).toContainText("this one too");
  await question.getByRole("textbox").fill("first key");
  await question.getByRole("button", { name: "Revoke key" }).click();
  await expect(question.getByRole("alert")).toBeVisible();
});

test("an alias of two models is made, called, changed and deleted", async ({ page, server, allow }) => {
  await page.goto("/settings/aliases");
  await page.getByRole("button", { name: "Make an alias" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("fast");
  const target = (number: number) => page.getByRole("group", { name: `Target ${number}` });
  const fill = async (number: number, model: string) => {
    await target(number).getByRole("combobox", { name: "Provider" }).click();
    await page.getByRole("option", { name: "Mock" }).click();
    await target(number).getByLabel("Model").fill(model);
    await page.keyboard.press("Tab");
  };
  await fill(1, "error/overloaded");
  await page.getByRole("button", { name: "Add a target" }).click();
  await fill(2, "error/overloaded");
  await shot(page, "settings-alias");
  await axe(page);
  allow(/status of 422/);
  await page.getByRole("button", { name: "Make alias" }).click();
  await expect(target(2).getByText("This target is in the list already.")).toBeVisible();
  await fill(2, "echo");
  await target(2).getByLabel("Order").fill("1");
  await page.getByRole("button", { name: "Make alias" }).click();
  const row = page.getByRole("row", { name: /fast/ });
  await expect(row).toContainText("mock/error/overloaded");
  await expect(row).toContainText("mock/echo");
  await shot(page, "settings-aliases");
  await axe(page);

  const ask = async () => {
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "X-API-KEY": key, "Content-Type": "application/json" },
      body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "one two three" }] }),
    });
    const { model, choices } = (await answer.json()) as { model: string; choices: { message: { content: string } }[] };
    return [model, choices[0]?.message.content.trim()];
  };
  expect(await ask()).toEqual(["fast", "one two three"]);

  await page.getByRole("button", { name: "Edit fast" }).click();
  await page.getByRole("button", { name: "Remove target 1" }).click();
  await page.getByLabel("Most tokens").fill("2");
  await page.getByRole("button", { name: "Save alias" }).click();
  await expect(row).not.toContainText("mock/error/overloaded");
  await expect.poll(ask).toEqual(["fast", "one two"]);
  await page.getByRole("button", { name: "Edit fast" }).click();
  await expect(page.getByLabel("Most tokens")).toHaveValue("2");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete fast" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete alias" }).click();
  await expect(page.getByText("There are no aliases yet.")).toBeVisible();
});

test("an environment is made, renamed, asked about as default, and deleted when empty", async ({ page }) => {
  await page.goto("/settings/environments");
  await page.getByRole("button", { name: "Make an environment" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("qa");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Rename qa" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("quality");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Make default: staging" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText(/Files? stays? as/);
  await expect(question).toContainText("nothing is deployed there, so calls get the newest version");
  await shot(page, "settings-default");
  await axe(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Delete production" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Delete quality" }).click();
  await question.getByRole("button", { name: "Delete environment" }).click();
  await expect(page.getByRole("rowheader", { name: "quality" })).toHaveCount(0);
});

test("the licences of what the page contains are there", async ({ page, request }) => {
  await page.goto("/settings/about");
  const href = await page.getByRole("link", { name: "Licences" }).getAttribute("href");
  const answer = await request.get(href ?? "");
  expect(await answer.text()).toContain("## react ");
});

test("preferences act at once and stay", async ({ page }) => {
  await page.goto("/settings/me");
  await page.getByRole("switch", { name: /Times in UTC/ }).click();
  await page.getByRole("combobox", { name: "Theme" }).click();
  await page.getByRole("option", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("switch", { name: /Times in UTC/ })).toBeChecked();
  await expect(page.getByRole("row", { name: /this one/ })).toBeVisible();
});
