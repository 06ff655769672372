import type { Extension } from "@codemirror/state";
import type { TemplateLanguage } from "../lib/template";

/** The grammar of a text; each comes when it is first needed. */
export async function languageOf(
  language: "plain" | "json" | "python",
  template: TemplateLanguage | undefined,
): Promise<Extension> {
  if (language === "json") return (await import("@codemirror/lang-json")).json();
  if (language === "python") return (await import("@codemirror/lang-python")).python();
  if (template === "jinja") return (await import("./code-jinja")).jinja();
  return [];
}
