// The content of a Prompt as the editor holds it: the wire's own form, so that a member which no field shows is kept and saved.
import type { components } from "../../api/schema";

export type Content = components["schemas"]["PromptKernelInput"];
export type Message = components["schemas"]["ChatMessageInput"];
export type Role = Message["role"];
export type ToolFunction = components["schemas"]["ToolFunction"];
export type ToolCall = components["schemas"]["ToolCall"];
export type ToolChoice = components["schemas"]["PromptCallRequest"]["tool_choice"];
export type PromptVersion = components["schemas"]["PromptResponse"];

/** Every member of a content, in the order in which people read them. */
export const members = [
  "provider",
  "model",
  "endpoint",
  "template",
  "template_language",
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "reasoning_effort",
  "seed",
  "response_format",
  "tools",
  "linked_tools",
  "other",
  "attributes",
  "max_retries",
  "fallbacks",
] as const satisfies readonly (keyof Content)[];

/** The content of a saved version. */
export function contentOf(version: PromptVersion): Content {
  const out: Record<string, unknown> = {};
  const saved = version as unknown as Record<string, unknown>;
  for (const name of members) if (saved[name] !== undefined && saved[name] !== null) out[name] = saved[name];
  if (version.linked_tools?.length) out.linked_tools = version.linked_tools.map((tool) => tool.id);
  for (const name of ["tools", "linked_tools", "fallbacks"])
    if (Array.isArray(out[name]) && out[name].length === 0) delete out[name];
  return out as Content;
}

/** content with one member changed; undefined takes it away. */
export function having<K extends keyof Content>(content: Content, name: K, value: Content[K] | undefined): Content {
  const out = { ...content };
  if (value === undefined) delete out[name];
  else out[name] = value;
  return out;
}

/** The messages of a chat template; those of a text are one of the user's. */
export function messagesOf(content: Content): Message[] {
  const { template } = content;
  if (template === undefined) return [];
  return typeof template === "string" ? [{ role: "user", content: template }] : template;
}

/** Whether two contents are the same version: order of members and absent ones aside. */
export const same = (a: unknown, b: unknown): boolean => a === b || canonical(a) === canonical(b);

/** A value as JSON with its members sorted. Absent and null members are the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([, v]) => v !== undefined && v !== null);
    return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}

export interface Change {
  name: keyof Content;
  from: string; // "" for absent
  to: string;
}

/** The members in which two contents differ, each written as people read it. */
export function changes(from: Content, to: Content): Change[] {
  return members
    .filter((name) => canonical(from[name]) !== canonical(to[name]))
    .map((name) => ({ name, from: written(from[name]), to: written(to[name]) }));
}

function written(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

type Part = components["schemas"]["ChatMessageContentItem"];

const partsOf = ({ content }: Message): Part[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);

const isText = (part: Part): part is components["schemas"]["TextChatContent"] => part.type === "text";
const isImage = (part: Part): part is components["schemas"]["ImageChatContent"] => part.type === "image_url";

/** The text of a message, without its other parts. */
export const textOf = (message: Message): string =>
  partsOf(message)
    .filter(isText)
    .map(({ text }) => text)
    .join("");

/** The images of a message, as their URLs. */
export const imagesOf = (message: Message): string[] =>
  partsOf(message)
    .filter(isImage)
    .map(({ image_url }) => image_url.url);

/** message with this text and these images. What no field shows stays: files, audio and marks of caches. A text alone is no list of parts. */
export function saying(message: Message, text: string, images: string[]): Message {
  const parts = partsOf(message);
  const before = parts.find(isText);
  const marked = before?.cache_control !== undefined;
  const said: Part[] = text || marked ? [{ ...before, type: "text", text }] : [];
  const known = (url: string) => parts.filter(isImage).find(({ image_url }) => image_url.url === url);
  const shown = images.map((url): Part => known(url) ?? { type: "image_url", image_url: { url } });
  const rest = parts.filter((part) => !isText(part) && !isImage(part));
  const plain = !marked && shown.length === 0 && rest.length === 0;
  return { ...message, content: plain ? text : [...said, ...shown, ...rest] };
}
