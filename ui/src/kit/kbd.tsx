import "./kbd.css";

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const signs: Record<string, string> = mac
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵", esc: "Esc", up: "↑", down: "↓", left: "←", right: "→" }
  : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", esc: "Esc", up: "↑", down: "↓", left: "←", right: "→" };

/** The keys of a hint as this machine names them: "mod k" is "Ctrl K", on a Mac "⌘ K". */
export const keyNames = (keys: string): string[] =>
  keys.split(" ").map((key) => signs[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key));

/** A hint of keys, as "mod k", "shift x" or "g h". It is not read aloud: give the control `aria-keyshortcuts` where that helps. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="kbd" aria-hidden="true">
      {keyNames(keys).map((name) => (
        <kbd key={name}>{name}</kbd>
      ))}
    </span>
  );
}
