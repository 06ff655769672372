import type { Page } from "@playwright/test";
import { Api } from "../seed";
import { axe, expect, shot, test } from "./fixtures";

test.beforeEach(({ allow }) => allow(/status of 4\d\d|status 5\d\d|status of 5\d\d/)); // failures that are looked at here

const path = "support/greeting";
const text = (page: Page, at: number) => page.getByRole("textbox", { name: `Template, message ${at}` });
const panel = (page: Page, name: string) => page.getByRole("region", { name: `Panel: ${name}` });

async function give(page: Page, inputs: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(inputs))
    await page.getByRole("textbox", { name, exact: true }).fill(value);
}

async function open(page: Page, id: string | undefined, search = ""): Promise<void> {
  await page.goto(`/files/${id}/editor${search}`);
  await expect(text(page, 1)).toBeVisible();
}

test("the editor looks right and nothing in it is out of reach", async ({ page, seeded }) => {
  await open(page, seeded.files[path]);
  await axe(page);
  await shot(page, "editor");
});

test("what was typed is there after the tab was closed", async ({ page, context, seeded }) => {
  await open(page, seeded.files[path]);
  await text(page, 1).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" Kept.");
  await give(page, { shop: "Tea" });
  await page.close();
  const again = await context.newPage();
  await open(again, seeded.files[path]);
  await expect(text(again, 1)).toContainText("Kept.");
  await expect(again.getByRole("textbox", { name: "shop", exact: true })).toHaveValue("Tea");
  await expect(again.getByText("This is your draft of")).toBeVisible();
});

test("what was typed is there after the session ended and one signed in again", async ({ page, context, seeded }) => {
  await open(page, seeded.files[path]);
  await text(page, 2).click();
  await page.keyboard.press("Control+End");
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.keyboard.insertText(" typed while signed out");
  await expect(page).toHaveURL(/\/login\?next=/);
  await context.addCookies(cookies);
  await page.goto(new URL(page.url()).searchParams.get("next") ?? "/");
  await expect(text(page, 2)).toContainText("typed while signed out");
});

test("another person's version is told, and takes nothing away", async ({ page, server, seeded }) => {
  await page.clock.install();
  await open(page, seeded.files[path]);
  await text(page, 1).click();
  await page.keyboard.type("Mine. ");
  await new Api(server.url).post("/prompts", {
    id: seeded.files[path],
    version_name: "theirs",
    provider: "mock",
    model: "lorem",
    template: [{ role: "user", content: "Theirs" }],
  });
  await page.clock.runFor(25_000);
  await expect(page.getByText("while you were editing").first()).toBeVisible();
  await expect(text(page, 1)).toContainText("Mine.");
});

test("panels run side by side, and each failure is a card", async ({ page, seeded }) => {
  await open(page, seeded.files[path], "?panels=mock:lorem/400/20ms~mock:error/rate_limited~mock:cut/3");
  await give(page, { shop: "Tea", question: "Where?" });
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("Where?");
  await expect(panel(page, "mock/error/rate_limited").getByRole("alert")).toContainText("rate_limited");
  await expect(panel(page, "mock/cut/3").getByRole("alert")).toContainText("stream_interrupted");
  await panel(page, "mock/lorem/400/20ms").getByRole("button", { name: "Stop" }).click();
  await expect(panel(page, "mock/lorem/400/20ms").getByText("Stopped.")).toBeVisible();
  await axe(page);
});

test("a failure leads to the field that it names", async ({ page, seeded }) => {
  await open(page, seeded.files[path], "?panels=openai:gpt-5");
  await page.keyboard.press("Control+Enter");
  await panel(page, "Draft").getByRole("button", { name: "Go to the inputs" }).click();
  await expect(page.getByRole("textbox", { name: "shop", exact: true })).toBeFocused();
  await give(page, { shop: "Tea", question: "Where?" });
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "openai/gpt-5").getByRole("link", { name: "Set the provider’s key" })).toBeVisible();
});

test("a Log opens as what ran: inputs, and the messages after those of the template", async ({
  page,
  server,
  seeded,
}) => {
  const ran = await new Api(server.url).post("/prompts/call", {
    path,
    inputs: { shop: "Log Shop", question: "First?" },
    messages: [
      { role: "assistant", content: "An answer" },
      { role: "user", content: "A second question" },
    ],
  });
  await open(page, seeded.files[path], `?log=${ran.id}`);
  await expect(page.getByRole("textbox", { name: "shop", exact: true })).toHaveValue("Log Shop");
  await expect(page.getByRole("textbox", { name: /^Conversation, message/ })).toHaveCount(2);
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("A second question");
});

test("form and text are one draft, and a fault has its place", async ({ page, seeded }) => {
  await open(page, seeded.files["marketing/campaigns/slogan"]);
  await page.keyboard.press("Control+Shift+E");
  const editor = page.getByRole("textbox", { name: ".prompt text" });
  await expect(editor).toContainText("A slogan for");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  await page.keyboard.type("\ntemperature: warm");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator(".cm-lintRange-error, .cm-lintPoint-error").first()).toBeVisible();
  await page.keyboard.press("Control+Shift+E");
  await page.keyboard.press("Control+Shift+E");
  await expect(editor).toContainText("temperature: warm");
});

test("with the keyboard alone: edit, compare, see a failure, save, deploy, find the Log", async ({ page, seeded }) => {
  const { keyboard } = page;
  await open(page, seeded.files[path], `?v=${seeded.versions[path]?.[2]}`);
  await text(page, 1).focus();
  await keyboard.press("Control+End");
  await keyboard.type(" Answer in verse.");
  await keyboard.press("Alt+i");
  await expect(page.getByRole("textbox", { name: "shop", exact: true })).toBeFocused();
  await keyboard.type("Tea & Co");
  await keyboard.press("Tab");
  await keyboard.type("Where is it?");
  await keyboard.press("Alt+c");
  await expect(page.getByRole("dialog", { name: "Compare with" })).toBeVisible();
  await axe(page);
  await keyboard.press("Tab");
  await keyboard.type("error/overloaded");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(panel(page, "mock/error/overloaded")).toBeVisible();
  await keyboard.press("Control+Enter");
  await expect(panel(page, "mock/error/overloaded").getByRole("alert")).toContainText("overloaded");
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("Where is it?");
  await keyboard.press("Control+s");
  const dialog = page.getByRole("dialog", { name: "Save a version" });
  await expect(dialog).toContainText("Answer in verse.");
  await axe(page);
  await keyboard.type("v1"); // taken
  await keyboard.press("Control+Enter");
  await expect(dialog).toContainText("Another version has this name.");
  await keyboard.type("-verse");
  await dialog.getByRole("checkbox", { name: /production/ }).focus();
  await keyboard.press("Space");
  await keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("Where is it?");
  await expect(page.getByRole("textbox", { name: "shop", exact: true })).toHaveValue("Tea & Co");
  await expect(page.getByText("from v1-verse")).toBeVisible();
  await panel(page, "mock/error/overloaded").getByRole("link", { name: "Its Log" }).focus();
  await keyboard.press("Enter");
  await expect(page).toHaveURL(/\/logs\/log_/);
});

test("an image by its address is shown as that, and never loaded", async ({ page, seeded }) => {
  await open(page, seeded.files[path]);
  await page.getByRole("button", { name: "More for this message" }).nth(1).click();
  await page.getByRole("menuitem", { name: /by its address/ }).click();
  await page.getByRole("textbox", { name: "Address of image 1" }).fill("https://example.com/cat.png");
  await expect(page.locator(".prompt-image img")).toHaveCount(0);
});

test("inputs come from the rows of a Dataset", async ({ page, seeded }) => {
  await open(page, seeded.files[path]);
  await page.getByRole("button", { name: "From…" }).click();
  await page.getByRole("combobox", { name: "Or a Dataset" }).click();
  await page.getByRole("option", { name: /support\/questions/ }).click();
  await expect(page.getByText("Row 1 of 10")).toBeVisible();
  await page.getByRole("button", { name: "Next row" }).click();
  await expect(page.getByRole("textbox", { name: "question", exact: true })).toHaveValue("Where is parcel 2?");
});

/** Opens the editor of a new Prompt. */
async function fresh(page: Page, url: string, name: string, content: Record<string, unknown>): Promise<void> {
  const { id } = await new Api(url).post("/prompts", { path: `editor/${name}`, provider: "mock", ...content });
  await page.goto(`/files/${id}/editor`);
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
}

test("an answer is held against its response format", async ({ page, server }) => {
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  await fresh(page, server.url, "format", {
    model: "echo",
    template: [{ role: "user", content: "{{said}}" }],
    response_format: { type: "json_schema", json_schema: { name: "place", schema } },
  });
  const answered = async (said: string) => {
    await give(page, { said });
    await page.keyboard.press("Control+Enter");
    await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText(said);
  };
  const misfits = panel(page, "Draft").getByRole("list", { name: "Against the response format" });
  await answered("no JSON");
  await expect(misfits.getByRole("listitem")).toHaveCount(1);
  await answered('{"town": "Oslo"}');
  await expect(misfits).toContainText("city");
  await answered('{"city": "Oslo"}');
  await expect(panel(page, "Draft").getByText("Fits the response format")).toBeVisible();
});

test("a call of a tool gets its result, and the conversation goes on", async ({ page, server }) => {
  const parameters = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
  await fresh(page, server.url, "tools", {
    model: "tools",
    template: [{ role: "user", content: 'count("one two")' }],
    tools: [{ name: "count", description: "Counts words", parameters }],
  });
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "Draft")).toContainText("count");
  await panel(page, "Draft").getByRole("button", { name: "Give the tool’s result" }).click();
  const conversation = page.getByRole("textbox", { name: /^Conversation, message 2/ });
  await expect(conversation).toBeFocused();
  await page.keyboard.type("two words");
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("two words");
});

test("a Prompt that completes a text is one text", async ({ page, server }) => {
  await fresh(page, server.url, "complete", { model: "echo", endpoint: "complete", template: "Once upon {{what}}" });
  await give(page, { what: "a time" });
  await page.keyboard.press("Control+Enter");
  await expect(panel(page, "Draft").getByLabel("assistant message")).toContainText("Once upon a time");
  await page.getByRole("combobox", { name: "Endpoint" }).click();
  await page.getByRole("option", { name: /^Chat/ }).click();
  await expect(text(page, 1)).toContainText("Once upon");
});
