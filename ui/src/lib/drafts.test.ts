import { expect, test } from "vitest";
import { type Draft, Drafts, type Shelf } from "./drafts";

/** A shelf in memory, which is full when it is told to be. */
class Memory implements Shelf {
  readonly held = new Map<string, Draft>();
  puts = 0;
  full = false;

  async put(draft: Draft) {
    await Promise.resolve();
    this.puts++;
    if (this.full) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    this.held.set(`${draft.key} ${draft.page}`, structuredClone(draft));
  }
  async delete(key: string, page: string) {
    if (this.full) throw null; // as a transaction that ends with its page
    this.held.delete(`${key} ${page}`);
  }
  async all(prefix: string) {
    return [...this.held.values()].filter((draft) => draft.key.startsWith(prefix));
  }
}

/** Pages of one browser, with a clock that goes on by one at each look. */
function browser() {
  const shelf = new Memory();
  const channels: { onmessage: ((event: MessageEvent) => void) | null }[] = [];
  let time = 1_000;
  const open = () => {
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage(data: unknown) {
        for (const other of channels) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
      },
    };
    channels.push(channel);
    return new Drafts(shelf, channel, () => time++);
  };
  return { shelf, open, wait: (ms: number) => (time += ms) };
}

test("what was typed is there when the page is opened again", async () => {
  const { open } = browser();
  await open().save("file/pr_1", { text: "Hi" });
  expect((await open().load("file/pr_1"))?.value).toEqual({ text: "Hi" });
});

test("of values that wait for a write only the last is written", async () => {
  const { shelf, open } = browser();
  const page = open();
  await Promise.all(["H", "He", "Hel", "Hell", "Hello"].map((text) => page.save("k", text)));
  expect([shelf.puts, (await page.load("k"))?.value]).toEqual([2, "Hello"]);
});

test("a page that goes on with a draft replaces it", async () => {
  const { shelf, open } = browser();
  await open().save("k", "old");
  const page = open();
  await page.load("k");
  await page.save("k", "new");
  expect([...shelf.held.values()].map((draft) => draft.value)).toEqual(["new"]);
});

test("two pages that change the same thing keep both, and are told", async () => {
  const { shelf, open } = browser();
  const [one, two] = [open(), open()];
  let told = 0;
  one.onElsewhere("k", () => told++);
  await one.save("k", "one");
  await two.load("k");
  await one.save("k", "one, later");
  await two.save("k", "two");
  expect([...shelf.held.values()].map((draft) => draft.value)).toEqual(["one, later", "two"]);
  expect(told).toBe(1);
});

test("a saved draft is gone, with what pages left that are closed", async () => {
  const { shelf, open } = browser();
  const one = open();
  await new Drafts(shelf, undefined).save("k", 2);
  await one.save("k", 1);
  await one.save("k2", 3);
  await one.drop("k");
  expect((await one.list()).map((draft) => draft.key)).toEqual(["k2"]);
});

test("the list has the newest draft of each key, and forgets old ones", async () => {
  const { open, wait } = browser();
  const page = open();
  await page.save("old", 1);
  wait(31 * 24 * 3_600_000);
  await open().save("a", 1);
  await page.save("a", 2);
  await page.save("b", 3);
  expect((await page.list()).map((draft) => draft.value)).toEqual([3, 2]);
  expect(await page.load("old")).toBeUndefined();
});

test("a full browser is told, and that it is no longer full", async () => {
  const { shelf, open } = browser();
  const page = open();
  const told: (string | undefined)[] = [];
  page.onFault((fault) => told.push(fault));
  shelf.full = true;
  await page.save("k", 1);
  await page.save("k", 2);
  shelf.full = false;
  await page.save("k", 3);
  expect(told).toEqual([
    "This browser has no room left for drafts. What you type now is lost when this page is closed.",
    undefined,
  ]);
});

test("a draft that one page drops stays in another that is open", async () => {
  const { open } = browser();
  const [a, b] = [open(), open()];
  await a.save("k", "of a");
  await b.save("k", "of b");
  await a.drop("k");
  await b.save("other", "written after it");
  expect((await open().load("k"))?.value).toBe("of b");
});

test("a draft that cannot be removed stays, and that is told", async () => {
  const { shelf, open } = browser();
  const page = open();
  await page.save("k", "text");
  const faults: (string | undefined)[] = [];
  page.onFault((fault) => faults.push(fault));
  shelf.full = true;
  await page.drop("k");
  expect([shelf.held.size, faults]).toEqual([
    1,
    ["This browser keeps no drafts. What you type is lost when this page is closed."],
  ]);
});
