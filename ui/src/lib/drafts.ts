// What a person typed and has not saved, kept on this browser at every change. Each opened page writes records of its own, so no tab overwrites
// another; the newest record of a key is the one to go on with.
import { newId } from "./ids";

export interface Draft<T = unknown> {
  /** What it is a draft of, as "file/pr_…". */
  key: string;
  /** The page that wrote it. */
  page: string;
  /** When, in milliseconds. */
  at: number;
  value: T;
}

/** Where drafts are kept. */
export interface Shelf {
  put(draft: Draft): Promise<void>;
  delete(key: string, page: string): Promise<void>;
  /** All drafts whose key begins so. */
  all(prefix: string): Promise<Draft[]>;
}

interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

type Note = { key: string; page: string; at: number; gone?: boolean };

/** Drafts of other pages that are older are removed. */
const keep = 30 * 24 * 3_600_000;

export class Drafts {
  readonly page = newId();
  private readonly waiting = new Map<string, Draft>();
  private readonly typed = new Map<string, unknown>(); // what this page holds
  private readonly adopted = new Map<string, Draft>();
  private readonly elsewhere = new Map<string, Set<() => void>>();
  private readonly faults = new Set<(fault: string | undefined) => void>();
  private writing: Promise<void> | undefined;
  private told: string | undefined;

  constructor(
    private readonly shelf: Shelf,
    private readonly channel: Channel | undefined,
    private readonly now: () => number = Date.now,
  ) {
    if (channel) channel.onmessage = ({ data }) => this.heard(data as Note);
  }

  /** Keeps a value. It is written at once, or when the write before it is done; of values that wait only the last is written. */
  save(key: string, value: unknown): Promise<void> {
    this.typed.set(key, value);
    this.waiting.set(key, { key, page: this.page, at: this.now(), value });
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async write(): Promise<void> {
    for (let next = first(this.waiting); next; next = first(this.waiting)) {
      this.waiting.delete(next.key);
      try {
        await this.shelf.put(next);
        await this.replaceAdopted(next.key);
        this.tell(undefined);
        this.channel?.postMessage({ key: next.key, page: next.page, at: next.at } satisfies Note);
      } catch (cause) {
        this.tell(faultOf(cause));
      }
    }
  }

  // The draft that this page went on with is older than what the page has written now, unless its own page changed it since.
  private async replaceAdopted(key: string): Promise<void> {
    const before = this.adopted.get(key);
    if (!before) return;
    this.adopted.delete(key);
    const same = (await this.shelf.all(key)).some((d) => d.key === key && d.page === before.page && d.at === before.at);
    if (same) await this.shelf.delete(key, before.page);
  }

  /** The newest draft of a key, to go on with; undefined if there is none or nothing can be kept here. */
  async load<T>(key: string): Promise<Draft<T> | undefined> {
    const found = newest((await this.every(key)).filter((draft) => draft.key === key));
    if (found && found.page !== this.page) this.adopted.set(key, found);
    return found as Draft<T> | undefined;
  }

  /** The newest draft of each key that begins so, the newest first. Old ones are removed. */
  async list(prefix = ""): Promise<Draft[]> {
    const byKey = new Map<string, Draft>();
    for (const draft of await this.every(prefix)) {
      if (draft.at < this.now() - keep) await this.remove(draft);
      else byKey.set(draft.key, newest([draft, byKey.get(draft.key)].filter((d) => d !== undefined)) ?? draft);
    }
    return [...byKey.values()].sort((a, b) => b.at - a.at);
  }

  private every(prefix: string): Promise<Draft[]> {
    return this.shelf.all(prefix).catch((cause) => {
      this.tell(faultOf(cause));
      return [];
    });
  }

  private remove({ key, page }: Draft): Promise<void> {
    return this.shelf.delete(key, page).catch((cause) => this.tell(faultOf(cause)));
  }

  /** Removes the drafts of a key: what they hold was saved, or is not wanted. A page that is open and has one of its own keeps that. */
  async drop(key: string): Promise<void> {
    this.typed.delete(key);
    this.waiting.delete(key);
    this.adopted.delete(key);
    await this.writing;
    for (const draft of await this.every(key)) if (draft.key === key) await this.remove(draft);
    this.channel?.postMessage({ key, page: this.page, at: this.now(), gone: true } satisfies Note);
  }

  /** Calls listener whenever another page keeps another draft of the key. Returns how to stop that. */
  onElsewhere(key: string, listener: () => void): () => void {
    const all = this.elsewhere.get(key) ?? new Set();
    this.elsewhere.set(key, all.add(listener));
    return () => all.delete(listener);
  }

  /** Calls listener with why drafts cannot be kept, and with undefined once they can again. Returns how to stop that. */
  onFault(listener: (fault: string | undefined) => void): () => void {
    this.faults.add(listener);
    if (this.told) listener(this.told);
    return () => this.faults.delete(listener);
  }

  private heard(note: Note): void {
    if (note.page === this.page) return;
    if (note.gone) {
      if (this.typed.has(note.key)) void this.save(note.key, this.typed.get(note.key));
      return;
    }
    for (const listener of this.elsewhere.get(note.key) ?? []) listener();
  }

  private tell(fault: string | undefined): void {
    if (fault === this.told) return;
    this.told = fault;
    for (const listener of this.faults) listener(fault);
  }
}

const first = (waiting: Map<string, Draft>) => waiting.values().next().value;

const newest = (drafts: Draft[]): Draft | undefined =>
  drafts.reduce<Draft | undefined>((a, b) => (a && a.at >= b.at ? a : b), undefined);

function faultOf(cause: unknown): string {
  return cause instanceof Error && cause.name === "QuotaExceededError"
    ? "This browser has no room left for drafts. What you type now is lost when this page is closed."
    : "This browser keeps no drafts. What you type is lost when this page is closed.";
}

/** Drafts in IndexedDB. */
export function browserShelf(): Shelf {
  let opened: Promise<IDBDatabase> | undefined;
  const store = async (mode: IDBTransactionMode) => {
    opened ??= openDatabase();
    return (await opened).transaction("drafts", mode).objectStore("drafts");
  };
  return {
    async put(draft) {
      const drafts = await store("readwrite");
      await finished(drafts.put(draft));
    },
    async delete(key, page) {
      const drafts = await store("readwrite");
      await finished(drafts.delete([key, page]));
    },
    async all(prefix) {
      const drafts = await store("readonly");
      return done(drafts.getAll(IDBKeyRange.bound([prefix], [`${prefix}\uffff`, []])) as IDBRequest<Draft[]>);
    },
  };
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open("openloop", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: ["key", "page"] });
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// A write counts when its transaction is done: the quota may end it after the request succeeded.
function finished(request: IDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const { transaction } = request;
    if (!transaction) return resolve();
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

/** The drafts of this browser. */
export const drafts = new Drafts(
  browserShelf(),
  typeof BroadcastChannel === "undefined" || typeof document === "undefined"
    ? undefined
    : new BroadcastChannel("openloop.drafts"),
);
