// Buttons beside their copied calls, which are run: both do the same.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Locator, Page } from "@playwright/test";
import { Api } from "../seed";
import { key } from "../server";
import { expect, test } from "./fixtures";

const run = promisify(execFile);
const env = { ...process.env, OPENLOOP_API_KEY: key };
const languages = {
  curl: (code: string) => run("bash", ["-c", code.replace(/^curl /gm, "curl -sf ")], { env }),
  Python: (code: string) => run("python3", ["-c", code], { env }),
  TypeScript: (code: string) => run("node", ["--input-type=module", "-e", code], { env }),
};

/** What an action is done to: no two runs have the same. */
interface Subject {
  api: Api;
  page: Page;
  name: string;
  /** A Prompt of that name in the directory calls. It has two versions, of which the first is deployed to production, and the second to staging. */
  file: string;
  versions: string[];
  staging: string;
  /** A Log of it. */
  log: string;
}

interface Action {
  /** Shows the button and fills what it sends. Returns what holds the button, and its calls where they are in sight. */
  open: (subject: Subject) => Promise<Locator>;
  button: string | RegExp;
  /** Where the calls are, when not behind "As a call". */
  calls?: (page: Page) => Promise<Locator>;
  /** What was done, read from the server. */
  effect: (subject: Subject) => Promise<unknown>;
}

type Row = Record<string, unknown>;
const pick = (row: Row | undefined, ...names: string[]) => names.map((name) => row?.[name] ?? null);
const list = async ({ api }: Subject, path: string, name = "records") => (await api.get(path))[name] as Row[];
const filesOf = async (subject: Subject) =>
  (await list(subject, `/files/tree?q=${subject.name}`, "files")).map((file) => pick(file, "path", "kind")).sort();
const deployed = async (subject: Subject) =>
  (await list(subject, `/files/${subject.file}/deployments`, "deployments")).map((change) =>
    pick(change, "environment", "version_id", "replaced_version_id", "comment"),
  );
const versions = async (subject: Subject) =>
  (await list(subject, `/files/${subject.file}/versions`, "versions")).map((version) =>
    pick(version, "name", "description", "saved"),
  );
const logs = async (subject: Subject) =>
  (await list(subject, `/logs/rows?file_id=${subject.file}`)).map((log) => pick(log, "inputs", "output", "status"));

const dialog = (page: Page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const versionsScreen = async ({ page, file }: Subject) => {
  await page.goto(`/files/${file}/versions`);
  await expect(page.getByRole("grid", { name: "Versions" }).getByRole("row")).toHaveCount(3);
  await page.getByRole("grid", { name: "Versions" }).focus();
};
const fileMenu = async (subject: Subject, entry: string) => {
  await versionsScreen(subject);
  await subject.page.getByRole("button", { name: "More for this File" }).click();
  await subject.page.getByRole("menuitem", { name: entry }).click();
  return dialog(subject.page);
};
const editor = async ({ page, file, log }: Subject) => {
  await page.goto(`/files/${file}/editor?log=${log}`);
  await expect(page.getByRole("textbox", { name: "who", exact: true })).toHaveValue("Ada", { timeout: 15_000 });
};
const code = async (page: Page) => {
  await page.getByRole("button", { name: "Code", exact: true }).click();
  return page.getByRole("dialog", { name: "Call it from code" });
};

const actions: Record<string, Action> = {
  "run a draft": {
    async open(subject) {
      await editor(subject);
      return subject.page.getByRole("region", { name: "Panel: Draft" });
    },
    button: "Run",
    calls: code,
    effect: logs,
  },
  "save a version": {
    async open(subject) {
      const { page } = subject;
      await editor(subject);
      await page.getByRole("textbox", { name: "Template, message 1" }).click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type(` It's "so" $HOME \`here\` \\n ü.`);
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await dialog(page).getByLabel("Name").fill("third");
      await dialog(page).getByLabel("Description").fill("Why it's so");
      return dialog(page);
    },
    button: "Save version",
    effect: versions,
  },
  "deploy a version": {
    async open(subject) {
      await versionsScreen(subject);
      for (const pressed of ["j", "j", "Shift+D"]) await subject.page.keyboard.press(pressed);
      await dialog(subject.page).getByLabel("Comment").fill("It's good");
      await expect(dialog(subject.page).getByText("Replaces")).toBeVisible();
      return dialog(subject.page);
    },
    button: "Deploy to staging",
    effect: deployed,
  },
  "take a version out": {
    async open(subject) {
      await versionsScreen(subject);
      await subject.page.getByRole("button", { name: "More for staging" }).click();
      await subject.page.getByRole("menuitem", { name: "Remove…" }).click();
      return dialog(subject.page);
    },
    button: "Remove from staging",
    effect: deployed,
  },
  "describe a version": {
    async open(subject) {
      await versionsScreen(subject);
      for (const pressed of ["j", "F2"]) await subject.page.keyboard.press(pressed);
      await dialog(subject.page).getByLabel("Name").fill("named");
      return dialog(subject.page);
    },
    button: "Save",
    effect: versions,
  },
  "rename a File": {
    async open(subject) {
      const scope = await fileMenu(subject, "Rename…");
      await scope.getByLabel("Name").fill(`${subject.name} & more`);
      await expect(scope.getByText(`calls/${subject.name} & more`)).toBeVisible();
      return scope;
    },
    button: "Rename",
    effect: filesOf,
  },
  "duplicate a File": { open: (subject) => fileMenu(subject, "Duplicate…"), button: "Duplicate", effect: filesOf },
  "delete a File": {
    async open(subject) {
      const scope = await fileMenu(subject, "Delete…");
      await scope.getByLabel(/to confirm/).fill(subject.name);
      return scope;
    },
    button: "Delete File",
    effect: filesOf,
  },
  "make a File": {
    async open({ page, name }) {
      await page.goto("/files");
      await expect(page.getByRole("grid", { name: /^Files/ })).toBeVisible();
      await page.keyboard.press("n");
      await dialog(page).getByLabel("Path").fill(`calls/${name}-new`);
      return dialog(page);
    },
    button: "Create Prompt",
    effect: filesOf,
  },
  "make an environment": {
    async open({ page, name }) {
      await page.goto("/settings/environments");
      await page.getByRole("button", { name: "Make an environment" }).click();
      await dialog(page).getByLabel("Name").fill(name);
      return dialog(page);
    },
    button: "Make environment",
    effect: async (subject) =>
      (await list(subject, "/environments")).filter(({ name }) => name === subject.name).map((one) => pick(one, "tag")),
  },
  "judge a Log": {
    async open({ page, log }) {
      await page.goto(`/logs/${log}?tab=judgments`);
      await expect(page.getByRole("region", { name: "rating", exact: true })).toBeVisible();
      return page.getByRole("tabpanel", { name: "Judgments" });
    },
    button: "Good",
    effect: async ({ api, log }) =>
      ((await api.get(`/logs/${log}`)).evaluator_logs as Row[]).map((one) => pick(one, "judgment")),
  },
  "delete a Log": {
    async open({ page, log }) {
      await page.goto(`/logs?log=${log}`);
      await expect(page.getByRole("complementary", { name: "Log" }).getByRole("tab").first()).toBeVisible();
      await page.getByRole("button", { name: "More to do with the Log" }).click();
      await page.getByRole("menuitem", { name: "Delete the Log" }).click();
      return dialog(page);
    },
    button: "Delete 1 Log",
    effect: logs,
  },
};

async function subjectOf(api: Api, page: Page, name: string, staging: string): Promise<Subject> {
  const save = (text: string, version_name: string) =>
    api.post("/prompts", { path: `calls/${name}`, provider: "mock", model: "echo", version_name, template: text });
  const first = await save("Hello {{who}}.", "first");
  const second = await save("Good morning {{who}}.", "second");
  const file = first.id as string;
  await api.post(`/prompts/${file}/environments/${staging}?version_id=${second.version_id}`);
  const ran = await api.post("/prompts/call", { path: `calls/${name}`, inputs: { who: "Ada" } });
  const versions = [first.version_id, second.version_id] as string[];
  return { api, page, name, file, versions, staging, log: ran.id as string };
}

/** A text with other words for what no two subjects share: those of another subject, or of none. */
function renamed(text: string, from: Subject, to?: Subject): string {
  const words = (subject: Subject) => [subject.file, subject.log, subject.name, ...subject.versions];
  const others = to ? words(to) : ["FILE", "LOG", "NAME", "V0", "V1"];
  return words(from).reduce((all, word, at) => all.replaceAll(word, others[at] ?? ""), text);
}

const done = async (action: Action, subject: Subject) => renamed(JSON.stringify(await action.effect(subject)), subject);

async function copied(page: Page, scope: Locator, language: string): Promise<string> {
  await scope.getByRole("tab", { name: language, exact: true }).click();
  await scope.getByRole("button", { name: `Copy as ${language}` }).click();
  await expect(scope.getByRole("button", { name: "Copied" })).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

type Language = keyof typeof languages;

/** The calls of an action in these languages, each as it would be for another subject. */
async function callsOf(
  action: Action,
  subject: Subject,
  scope: Locator,
  others: Map<Language, Subject>,
): Promise<Map<Language, string>> {
  const { page } = subject;
  const calls = (await action.calls?.(page)) ?? scope;
  if (!action.calls) await scope.getByText("As a call").click();
  const texts = new Map<Language, string>();
  for (const [language, other] of others)
    texts.set(language, renamed(await copied(page, calls, language), subject, other));
  if (action.calls) await page.keyboard.press("Escape");
  return texts;
}

// All as curl, and every other one in each of the other languages: that a call is the same in all of them is a test of the snippets.
const languagesOf = (at: number): Language[] => ["curl", at % 2 === 0 ? "Python" : "TypeScript"];

test("the calls of buttons do what the buttons do", async ({ page, server, seeded, context }) => {
  test.setTimeout(180_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const api = new Api(server.url);
  const staging = seeded.environments.staging ?? "";
  for (const [at, [name, action]] of Object.entries(actions).entries()) {
    await test.step(`to ${name}`, async () => {
      const subject = (way: string) => subjectOf(api, page, `${name.replaceAll(" ", "-")}-${way}`, staging);
      const pressed = await subject("button");
      const others = new Map<Language, Subject>();
      for (const language of languagesOf(at)) others.set(language, await subject(language));
      const before = await done(action, pressed);

      const scope = await action.open(pressed);
      const calls = await callsOf(action, pressed, scope, others);
      expect([...calls.values()].join()).not.toContain(key);
      expect(await done(action, pressed)).toBe(before);
      await scope.getByRole("button", { name: action.button, exact: true }).click();
      await expect.poll(() => done(action, pressed)).not.toBe(before);
      const expected = await done(action, pressed);

      for (const [language, other] of others) {
        expect(await done(action, other)).toBe(before);
        await languages[language](calls.get(language) ?? "");
        await expect.poll(() => done(action, other), { message: `what the ${language} did` }).toBe(expected);
      }
    });
  }
});
