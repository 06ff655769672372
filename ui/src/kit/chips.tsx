import { Autocomplete } from "@base-ui/react/autocomplete";
import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import { type KeyboardEvent, type Ref, useRef, useState } from "react";
import { names as classes } from "./button";
import { type Choice, useChoices } from "./chips-choices";
import { type Filter, read, same, withFilter, write } from "./chips-model";
import { Menu } from "./menu";
import { reachable } from "./reachable";
import "./popup.css";
import "./chips.css";

export type { Choice } from "./chips-choices";
export type { Filter } from "./chips-model";

/** A name that filters may have. */
export interface FilterName {
  name: string;
  /** What it means, and how values are written. */
  hint: string;
  /** Names below it, as `meta.` of meta.key: any name that begins so is known. */
  open?: boolean;
}

interface Props {
  /** Names the bar. */
  label: string;
  filters: readonly Filter[];
  onChange: (filters: Filter[]) => void;
  names: readonly FilterName[];
  /** Values of a name that begin with or hold what was typed, best first. */
  complete: (name: string, typed: string, signal: AbortSignal) => Promise<readonly Choice[]>;
  /** The words that are searched for; a chip of their own. */
  text?: string;
  onText?: (text: string) => void;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
}

/**
 * A bar of filters. Typing `model:` completes its values, Enter adds the filter, `!` before it excludes, other words are searched for.
 * Backspace in the empty field takes the last chip back into it. A chip's menu edits, turns and removes it; Delete removes it.
 */
export function Chips({ label, filters, onChange, names, complete, text, onText, placeholder, inputRef }: Props) {
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement | null>(null);
  const known = (name: string) =>
    names.some((one) => one.name === name || (one.open && name.startsWith(`${one.name}.`)));
  const choices = useChoices(typed, names, known, complete, open);

  const take = (written: string) => {
    const said = read(written, known);
    if (said.kind === "filter" && said.value === "") return setTyped(written); // only the name, as yet
    setTyped("");
    if (said.kind === "text") onText?.(said.text);
    else {
      const { kind: _, ...filter } = said;
      onChange(withFilter(filters, filter));
    }
  };
  const edit = (filter: Filter) => {
    onChange(filters.filter((other) => !same(other, filter)));
    setTyped(write(filter));
    field.current?.focus();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && typed.trim() && !field.current?.getAttribute("aria-activedescendant")) {
      event.preventDefault();
      take(typed);
      setOpen(false);
    }
    const last = filters.at(-1);
    if (event.key === "Backspace" && typed === "" && last && !text) {
      event.preventDefault();
      edit(last);
    }
    if (event.key === "Backspace" && typed === "" && text) {
      event.preventDefault();
      setTyped(text);
      onText?.("");
    }
  };
  return (
    <div
      className="chips"
      role="search"
      aria-label={label}
      onClick={(event) => event.target === event.currentTarget && field.current?.focus()}
    >
      <Search size={14} aria-hidden className="chips-icon" />
      {filters.map((filter) => (
        <Chip
          key={write(filter)}
          filter={filter}
          onEdit={() => edit(filter)}
          onTurn={() => onChange(withFilter(filters, { ...filter, not: !filter.not || undefined }))}
          onOnly={() => onChange([filter])}
          onRemove={() => {
            onChange(filters.filter((other) => !same(other, filter)));
            field.current?.focus();
          }}
        />
      ))}
      {text && (
        <span className="chip">
          <span className="chip-main">“{text}”</span>
          <button type="button" className="chip-off" aria-label={`Remove “${text}”`} onClick={() => onText?.("")}>
            <X size={12} aria-hidden />
          </button>
        </span>
      )}
      <Autocomplete.Root
        items={choices}
        mode="none"
        value={typed}
        open={open && choices.length > 0}
        onOpenChange={(next) => setOpen(next)}
        onValueChange={(next, { reason }) => {
          if (reason !== "item-press") return setTyped(next);
          take(next);
          if (next.endsWith(":")) queueMicrotask(() => setOpen(true));
        }}
        itemToStringValue={(choice: Choice) => choice.write}
        openOnInputClick
      >
        <Autocomplete.Input
          ref={(element: HTMLInputElement | null) => {
            field.current = element;
            if (typeof inputRef === "function") inputRef(element);
            else if (inputRef) inputRef.current = element;
          }}
          className="chips-field"
          aria-label={label}
          placeholder={filters.length === 0 && !text ? placeholder : undefined}
          spellCheck={false}
          onKeyDown={press}
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner className="popup-place" sideOffset={6} align="start">
            <Autocomplete.Popup className="popup chips-popup" render={reachable}>
              <Autocomplete.List className="popup-list">
                {(choice: Choice) => (
                  <Autocomplete.Item key={choice.write} value={choice} className="popup-item">
                    <span className="popup-main mono cut">{choice.label}</span>
                    {choice.hint && <span className="popup-end">{choice.hint}</span>}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </div>
  );
}

interface ChipProps {
  filter: Filter;
  onEdit: () => void;
  onTurn: () => void;
  onOnly: () => void;
  onRemove: () => void;
}

function Chip({ filter, onEdit, onTurn, onOnly, onRemove }: ChipProps) {
  const { name, value, not } = filter;
  const press = (event: KeyboardEvent) => {
    if (event.key === "Delete" || event.key === "Backspace") onRemove();
  };
  return (
    <span className={classes("chip", not && "chip-not")}>
      <Menu
        trigger={
          <button type="button" className="chip-main" onKeyDown={press}>
            <span className="chip-name">
              {not ? "not " : ""}
              {name}:
            </span>
            <span className="chip-value">{value}</span>
          </button>
        }
        entries={[
          { label: "Edit", onSelect: onEdit },
          { label: not ? "Include instead" : "Exclude instead", onSelect: onTurn },
          { label: "Only this", onSelect: onOnly },
          { label: "Remove", keys: "Del", onSelect: onRemove },
        ]}
      />
      <button type="button" className="chip-off" aria-label={`Remove ${write(filter)}`} onClick={onRemove}>
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
