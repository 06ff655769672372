import { Menu as Base } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import ChevronRight from "lucide-react/icons/chevron-right";
import type { ReactElement, ReactNode } from "react";
import { names } from "./button";
import { Kbd } from "./kbd";
import "./popup.css";

/** An entry of a menu: an action, a submenu, a link, a heading or a line. */
export type MenuEntry =
  | {
      label: string;
      onSelect: () => void;
      icon?: ReactNode;
      /** For what is on or off: whether it is on. A tick shows it, in place of an icon. */
      checked?: boolean;
      /** Keys that do the same, as Kbd takes them. */
      keys?: string;
      hint?: ReactNode;
      danger?: boolean;
      /** Why it cannot be done now; the entry is then shown disabled with it. */
      why?: string;
    }
  | { label: string; entries: readonly MenuEntry[]; icon?: ReactNode }
  | { heading: string }
  | "line";

interface Props {
  /** The button that opens the menu. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: "start" | "center" | "end";
}

/** A menu of actions. Esc closes it alone and gives the focus back. */
export function Menu({ trigger, entries, align = "start" }: Props) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <MenuPanel entries={entries} align={align} />
    </Base.Root>
  );
}

/** What a menu shows when it is open, beside its trigger or `anchor`. */
export function MenuPanel({
  entries,
  align,
  anchor,
}: Pick<Props, "entries" | "align"> & { anchor?: { getBoundingClientRect: () => DOMRect } }) {
  return (
    <Base.Portal>
      <Base.Positioner className="popup-place" sideOffset={4} align={align} anchor={anchor} collisionPadding={8}>
        <Base.Popup className="popup popup-list">
          {entries.map((entry, i) => (
            <Entry
              key={entry === "line" ? `line ${i}` : "heading" in entry ? entry.heading : entry.label}
              entry={entry}
            />
          ))}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === "line") return <Base.Separator className="popup-line" />;
  if ("heading" in entry) return <div className="popup-group">{entry.heading}</div>;
  if ("entries" in entry) {
    return (
      <Base.SubmenuRoot>
        <Base.SubmenuTrigger className="popup-item">
          {entry.icon}
          <span className="popup-main">{entry.label}</span>
          <ChevronRight size={14} aria-hidden />
        </Base.SubmenuTrigger>
        <MenuPanel entries={entry.entries} align="start" />
      </Base.SubmenuRoot>
    );
  }
  return <Action entry={entry} />;
}

function Action({ entry }: { entry: Extract<MenuEntry, { onSelect: () => void }> }) {
  const content = (
    <>
      {entry.checked === undefined ? entry.icon : <Tick on={entry.checked} />}
      <span className="popup-main">
        {entry.label}
        {(entry.why || entry.hint) && <span className="popup-hint">{entry.why ?? entry.hint}</span>}
      </span>
      {entry.keys && (
        <span className="popup-end">
          <Kbd keys={entry.keys} />
        </span>
      )}
    </>
  );
  const shared = {
    className: names("popup-item", entry.danger && "popup-item-danger"),
    disabled: !!entry.why,
    onClick: entry.onSelect,
    label: entry.label,
  };
  if (entry.checked === undefined) return <Base.Item {...shared}>{content}</Base.Item>;
  return (
    <Base.CheckboxItem {...shared} checked={entry.checked} closeOnClick>
      {content}
    </Base.CheckboxItem>
  );
}

const Tick = ({ on }: { on: boolean }) => <Check size={16} aria-hidden visibility={on ? undefined : "hidden"} />;
