// What is typed in the editor stays, whatever happens meanwhile, and nobody's work is overwritten.
import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { expect, test } from "./fixtures";

test.describe.configure({ timeout: 60_000 }); // several pages are opened

const text = (page: Page) => page.getByRole("textbox", { name: "Template, message 1" });
const type = async (page: Page, words: string) => {
  await text(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(words);
};
const save = async (page: Page) => {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  return page.getByRole("dialog", { name: "Save a version" });
};

/** Waits until the browser keeps a draft with these words: what is typed just before a page is closed may be lost with it. */
const kept = (page: Page, words: string) =>
  expect
    .poll(() =>
      page.evaluate(async () => {
        const done = <T>(request: IDBRequest<T>) =>
          new Promise<T>((resolve) => {
            request.onsuccess = () => resolve(request.result);
          });
        const database = await done(indexedDB.open("openloop"));
        const drafts = await done(database.transaction("drafts").objectStore("drafts").getAll());
        database.close();
        return JSON.stringify(drafts);
      }),
    )
    .toContain(words);

interface Made {
  file: string;
  versions: string[];
  deploy: (version: number, environment: string) => Promise<unknown>;
}

/** A Prompt with two versions. */
async function made(api: Api, path: string): Promise<Made> {
  const versions: string[] = [];
  let file = "";
  for (const version_name of ["one", "two"]) {
    const body = {
      path,
      provider: "mock",
      model: "echo",
      version_name,
      template: [{ role: "user", content: `Hello from ${version_name}.` }],
    };
    const answer = await api.post("/prompts", body);
    file = answer.id as string;
    versions.push(answer.version_id as string);
  }
  const deploy = (version: number, environment: string) =>
    api.post(`/prompts/${file}/environments/${environment}?version_id=${versions[version]}`);
  return { file, versions, deploy };
}

async function open(page: Page, { file, versions }: Made): Promise<void> {
  await page.goto(`/files/${file}/editor?v=${versions[0]}`);
  await expect(text(page)).toBeVisible({ timeout: 15_000 });
}

test("two tabs keep both drafts, and each says that there is another", async ({ page, context, server }) => {
  const prompt = await made(new Api(server.url), "drafts/tabs");
  const other = await context.newPage();
  await open(page, prompt);
  await open(other, prompt);
  await type(page, " First.");
  await type(other, " Second.");
  await expect(page.getByText("Another tab of this browser edits the same version.")).toBeVisible();
  await type(page, " First again.");
  await expect(other.getByText("Another tab of this browser edits the same version.")).toBeVisible();
  await expect(other.locator(".prompt-left, main").first()).not.toContainText("First");
  await kept(page, "First again.");
  await page.close();
  await expect(text(other)).toContainText("Second.");
  const third = await context.newPage();
  await open(third, prompt);
  await expect(text(third)).toContainText("First. First again."); // the one changed last
});

test("without a network one goes on typing, and it is there when the page is loaded again", async ({
  page,
  context,
  server,
  allow,
}) => {
  allow(/ERR_INTERNET_DISCONNECTED/);
  const prompt = await made(new Api(server.url), "drafts/offline");
  await open(page, prompt);
  await context.setOffline(true);
  await type(page, " Typed offline.");
  await (await save(page)).getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText("The server does not answer.").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(text(page)).toContainText("Typed offline.");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try now" }).click();
  await expect(page.getByRole("button", { name: "Try now" })).toHaveCount(0);
  await page.reload();
  await expect(text(page)).toContainText("Typed offline.", { timeout: 15_000 });
});

test("what somebody deploys while a version is saved is not overwritten", async ({ page, server, seeded, allow }) => {
  allow(/409/);
  const api = new Api(server.url);
  const staging = seeded.environments.staging ?? "";
  const prompt = await made(api, "drafts/faster");
  await prompt.deploy(0, staging);
  await open(page, prompt);
  await type(page, " Mine.");
  const dialog = await save(page);
  await dialog.getByRole("checkbox", { name: /staging/ }).click();
  await expect(dialog.getByText("replaces").last()).toBeVisible();
  await prompt.deploy(1, staging); // somebody else
  await dialog.getByRole("button", { name: "Save and deploy" }).click();
  await expect(dialog.getByText("Somebody deployed meanwhile")).toContainText("two");
  const deployed = async () => {
    const answer = await api.post("/prompts/call?environment=staging", { path: "drafts/faster" });
    return (answer.logs as { output: string }[])[0]?.output;
  };
  await dialog.getByRole("button", { name: "Save and deploy" }).click();
  await expect(dialog.getByText("Somebody deployed meanwhile")).toBeVisible();
  expect(await deployed()).toBe("Hello from two.");
  await dialog.getByRole("button", { name: "Replace that" }).click();
  await dialog.getByRole("button", { name: "Save and deploy" }).click();
  await expect(dialog).toBeHidden();
  expect(await deployed()).toBe("Hello from one. Mine.");
});
