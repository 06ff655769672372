import { jinjaLanguage } from "@codemirror/lang-jinja";
import { LanguageSupport } from "@codemirror/language";

/** Jinja around plain text: a prompt's tags are no HTML. */
export const jinja = () => new LanguageSupport(jinjaLanguage);
