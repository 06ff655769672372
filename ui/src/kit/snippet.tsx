import { useState } from "react";
import { recall, remember } from "../lib/remember";
import { Copy } from "./copy";
import { Tabs } from "./tabs";
import "./snippet.css";

/** The languages of a call, in the order of the tabs. */
export const languages = ["curl", "python", "typescript", "cli"] as const;
export type Language = (typeof languages)[number];
export const languageNames: Record<Language, string> = {
  curl: "curl",
  python: "Python",
  typescript: "TypeScript",
  cli: "CLI",
};

const isLanguage = (value: unknown): value is Language => languages.includes(value as Language);

interface Props {
  /** The call in each language that has one. */
  code: Partial<Record<Language, string>>;
}

/** A call to copy, in the language that one looked at last. */
export function Snippet({ code }: Props) {
  const there = languages.filter((language) => code[language] !== undefined);
  const [chosen, choose] = useState(() => recall("snippet", isLanguage));
  const shown = chosen && there.includes(chosen) ? chosen : there[0];
  if (!shown) return null;
  return (
    <div className="snippet">
      <Tabs
        label="Language"
        value={shown}
        onChange={(next) => {
          choose(next);
          remember("snippet", next);
        }}
        tabs={there.map((language) => ({
          id: language,
          label: languageNames[language],
          content: (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            <pre className="snippet-code" tabIndex={0}>
              <code>{code[language]}</code>
            </pre>
          ),
        }))}
        aside={<Copy text={code[shown] ?? ""} label={`Copy as ${languageNames[shown]}`} />}
      />
    </div>
  );
}
