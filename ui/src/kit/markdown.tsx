import { lazy, Suspense, useSyncExternalStore } from "react";
import { recall, remember } from "../lib/remember";
import "./markdown.css";

const View = lazy(() => import("./markdown-view"));

/** Text as Markdown. HTML in it stays text, links are only of http and https, images are shown as their addresses: nothing is fetched. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <Suspense fallback={<pre className="markdown-before">{text}</pre>}>
        <View text={text} />
      </Suspense>
    </div>
  );
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
let on = recall("markdown", isBoolean) ?? false;
const listeners = new Set<() => void>();

/** Shows texts as Markdown, or as they are again: the key m. */
export function setMarkdown(next: boolean): void {
  on = next;
  remember("markdown", next || undefined);
  for (const listener of listeners) listener();
}

export const usesMarkdown = () => on;

/** Whether texts are shown as Markdown; as they are unless a person asked for it. */
export const useMarkdown = (): boolean =>
  useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, usesMarkdown);
