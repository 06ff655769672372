import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Search from "lucide-react/icons/search";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { type Hit, search } from "../../api/queries/search";
import { Kbd } from "../../kit/kbd";
import { hint, useScopes } from "../../lib/keys";
import { go } from "../../routes";
import { type Item, itemsOf, type Mode, said } from "./items";
import "./finder.css";

interface Props {
  open: boolean;
  /** What is typed in it when it opens, as ">". */
  start: string;
  onOpenChange: (open: boolean) => void;
}

/** The palette: one field that finds Files, versions, Logs, settings and what this screen can do. */
export function Finder({ open, start, onOpenChange }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-back" />
        <Dialog.Popup className="finder">
          <Dialog.Title className="unseen">Find anything</Dialog.Title>
          <Find start={start} close={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const types: Record<Mode, Hit["type"][] | undefined> = {
  all: undefined,
  actions: undefined,
  files: ["file", "directory"],
  logs: ["log"],
};

function Find({ start, close }: { start: string; close: () => void }) {
  const [typed, type] = useState(start);
  const [at, setAt] = useState(0);
  const { mode, words } = said(typed);
  const scopes = useScopes();
  const found = useQuery({
    ...search(words, types[mode]),
    enabled: words !== "" && mode !== "actions",
    placeholderData: keepPreviousData,
  });
  const items = itemsOf(typed, scopes, words && mode !== "actions" ? (found.data ?? []) : []);
  const chosen = Math.min(at, items.length - 1);
  const list = useId();
  const open = (item: Item | undefined) => {
    if (!item) return;
    close();
    if (typeof item.act === "string") go(item.act);
    else item.act();
  };
  return (
    <>
      <div className="finder-head">
        <Search size={16} aria-hidden />
        <input
          className="finder-field"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={items[chosen] && `${list}-${chosen}`}
          aria-label="Files, Logs, ids, actions"
          placeholder="Files, Logs, ids, actions"
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            type(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => move(event, chosen, items.length, setAt, () => open(items[chosen]))}
        />
      </div>
      <List id={list} items={items} chosen={chosen} open={open} />
      <Foot>
        {found.isError ? "The search failed. Places and actions still work." : sum(items.length, found.isFetching)}
      </Foot>
    </>
  );
}

const sum = (n: number, looking: boolean) => {
  if (n === 0) return looking ? "Looking…" : "Nothing is like that.";
  return "";
};

function move(event: KeyboardEvent, at: number, count: number, set: (at: number) => void, enter: () => void): void {
  if (event.nativeEvent.isComposing) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
  if (to !== undefined) set(Math.abs(to - at) === 1 ? (to + count) % count : Math.max(0, Math.min(count - 1, to)));
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
}

interface ListProps {
  id: string;
  items: Item[];
  chosen: number;
  open: (item: Item) => void;
}

function List({ id, items, chosen, open }: ListProps) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen one is looked up in the page
  useEffect(() => {
    place.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen, items.length]);
  return (
    <div id={id} ref={place} className="finder-list" role="listbox" aria-label="Found">
      {items.map((item, i) => (
        <Entry
          key={`${item.group} ${item.id}`}
          id={`${id}-${i}`}
          item={item}
          heading={items[i - 1]?.group !== item.group}
          chosen={i === chosen}
          open={open}
        />
      ))}
    </div>
  );
}

interface EntryProps {
  id: string;
  item: Item;
  heading: boolean;
  chosen: boolean;
  open: (item: Item) => void;
}

function Entry({ id, item, heading, chosen, open }: EntryProps) {
  return (
    <>
      {heading && (
        <div className="finder-group" role="presentation">
          {item.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and its keys choose and open */}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={chosen}
        className="finder-item"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => open(item)}
      >
        <span className="cut">{item.label}</span>
        {item.detail && <span className="finder-detail cut">{item.detail}</span>}
        {item.keys && <Kbd keys={hint(item.keys)} />}
      </div>
    </>
  );
}

function Foot({ children }: { children: ReactNode }) {
  return (
    <div className="finder-foot">
      <span role="status">{children}</span>
      <span className="finder-signs" aria-hidden="true">
        <kbd>&gt;</kbd> actions <kbd>@</kbd> Files <kbd>#</kbd> Logs
      </span>
    </div>
  );
}
