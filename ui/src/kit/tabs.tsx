import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { names } from "./button";
import "./tabs.css";

export interface Tab<T extends string = string> {
  id: T;
  label: ReactNode;
  /** Shown behind the label, dimmed. */
  count?: ReactNode;
  disabled?: boolean;
  /** Made when the tab is first shown. */
  content: ReactNode | (() => ReactNode);
}

interface Props<T extends string> {
  /** Names the row of tabs. */
  label: string;
  value: T;
  onChange: (id: T) => void;
  tabs: readonly Tab<T>[];
  /** At the right end of the row. */
  aside?: ReactNode;
  /** The panel fills the height that is left, and scrolls by itself. */
  fill?: boolean;
}

/** Tabs; arrow keys move between them. Only the shown panel is in the page. */
export function Tabs<T extends string>({ label, value, onChange, tabs, aside, fill }: Props<T>) {
  return (
    <Base.Root
      className={names("tabs", fill && "tabs-fill")}
      value={value}
      onValueChange={(next) => onChange(next as T)}
    >
      <div className="tabs-bar">
        <Base.List className="tabs-list" aria-label={label} activateOnFocus={false}>
          {tabs.map((tab) => (
            <Base.Tab key={tab.id} value={tab.id} disabled={tab.disabled} className="tabs-tab">
              {tab.label}
              {tab.count !== undefined && <span className="tabs-count">{tab.count}</span>}
            </Base.Tab>
          ))}
        </Base.List>
        {aside && <div className="tabs-aside">{aside}</div>}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.id} value={tab.id} className="tabs-panel">
          {tab.id === value && (typeof tab.content === "function" ? tab.content() : tab.content)}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
