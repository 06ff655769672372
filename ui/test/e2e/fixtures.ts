// What every test has: a server of its worker that is seeded, a page that is signed in, and a watch over what no page may do.

import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import axeCore from "axe-core";
import { type Seeded, seed } from "../seed";
import { key, type Server, startServer } from "../server";

interface Fixtures {
  /** Whether the page is signed in. */
  signedIn: boolean;
  /** Expects console errors and answers with 5xx that the pattern matches, which otherwise fail the test. */
  allow: (pattern: RegExp) => void;
}

interface WorkerFixtures {
  /** Settings of the server, beside those that every test has. */
  settings: Record<string, string>;
  server: Server;
  /** What is on the server. */
  seeded: Seeded;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  settings: [{}, { scope: "worker", option: true }],
  server: [
    async ({ settings }, use) => {
      const server = await startServer(settings);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  seeded: [async ({ server }, use) => use(await seed(server.url)), { scope: "worker", auto: true, timeout: 60_000 }],
  signedIn: [true, { option: true }],
  baseURL: async ({ server }, use) => use(server.url),
  context: async ({ context, server, signedIn }, use) => {
    if (signedIn) await signIn(context, server.url);
    await use(context);
  },
  allow: [
    async ({ context, server }, use) => {
      const allowed: RegExp[] = [];
      const seen = await watch(context, server.url);
      await use((pattern) => void allowed.push(pattern));
      expect(seen.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect, key };

/** Gives a context the cookie of a new session. */
export async function signIn(context: BrowserContext, url: string): Promise<void> {
  const answer = await context.request.post(`${url}/ui/session`, { data: { key } });
  if (!answer.ok()) throw new Error(`signing in is answered ${answer.status()} ${await answer.text()}`);
}

/** Collects what the pages of a context do wrong: each entry fails the test. */
async function watch(context: BrowserContext, origin: string): Promise<string[]> {
  const seen: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") seen.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (event) => {
    const { name, message, stack } = event.error();
    seen.push(`uncaught: ${stack || `${name}: ${message}`} (${event.page()?.url()})`);
  });
  context.on("request", (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (to !== origin && protocol.startsWith("http")) seen.push(`request to another origin: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 500) seen.push(`status ${response.status()}: ${response.url()}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return seen;
}

const themes = ["light", "dark"] as const;
const widths = [1280, 1920, 390] as const;

/** Expects that axe finds nothing serious in either theme, once what moves has come to rest. Only colours are of the theme. */
export async function axe(page: Page): Promise<void> {
  await loadAxe(page);
  await expect.poll(() => serious(page), { message: "axe in the light theme" }).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  const colours = ["color-contrast", "link-in-text-block"];
  await expect.poll(() => serious(page, colours), { message: "axe in the dark theme" }).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
}

/** What axe finds, by these of its rules or by all. */
function serious(page: Page, rules?: string[]): Promise<string[]> {
  return page.evaluate(async (runOnly) => {
    const { violations } = await (window as unknown as { axe: typeof import("axe-core") }).axe.run(
      { exclude: "[data-base-ui-focus-guard]" }, // hand the focus on, and are never stopped at
      { runOnly, resultTypes: ["violations"] },
    );
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
  }, rules);
}

// By the debugger's protocol: the policy of the page allows neither another script element nor eval.
async function loadAxe(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeCore.source });
  await session.detach();
}

/**
 * Looks at the page in both themes and three widths: nothing scrolls sideways. With SHOTS it writes pictures to that folder, to be looked at.
 */
export async function shot(page: Page, name: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, `pixels that ${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
    for (const colorScheme of process.env.SHOTS ? themes : []) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}
