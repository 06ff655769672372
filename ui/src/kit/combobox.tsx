import { Autocomplete } from "@base-ui/react/autocomplete";
import { Combobox as Base } from "@base-ui/react/combobox";
import Check from "lucide-react/icons/check";
import ChevronDown from "lucide-react/icons/chevron-down";
import { useMemo } from "react";
import { names } from "./button";
import { reachable } from "./reachable";
import type { Option } from "./select";
import "./popup.css";
import "./combobox.css";

interface Props {
  options: readonly Option[];
  placeholder?: string;
  disabled?: boolean;
  /** What the list says when nothing matches. */
  none?: string;
  mono?: boolean;
  "aria-label"?: string;
}

interface Group {
  value: string;
  items: Option[];
}

// matches finds each word of a query in label, value or group.
function matches(option: Option, query: string): boolean {
  const text = `${option.label} ${option.value} ${option.group ?? ""}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function grouped(options: readonly Option[]): Group[] | readonly Option[] {
  if (!options.some((option) => option.group)) return options;
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    const name = option.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), option]);
  }
  return [...groups].map(([value, items]) => ({ value, items }));
}

const isGroup = (item: Option | Group): item is Group => "items" in item;

/** One of many choices, found by typing. Only a choice of the list is taken; leaving restores the last one. */
export function Combobox({
  value,
  onChange,
  options,
  placeholder,
  disabled,
  none = "Nothing matches.",
  mono,
  ...rest
}: Props & { value: string | undefined; onChange: (value: string) => void }) {
  const items = useMemo(() => grouped(options), [options]);
  const chosen = options.find((option) => option.value === value) ?? (value ? { value, label: value } : null);
  return (
    <Base.Root
      items={items as readonly Option[]}
      value={chosen}
      onValueChange={(next) => next && onChange(next.value)}
      isItemEqualToValue={(a, b) => a.value === b.value}
      filter={matches}
      autoHighlight
      limit={200}
      disabled={disabled}
    >
      <Base.InputGroup className="combobox">
        <Base.Input className={names("text", mono && "mono")} placeholder={placeholder} spellCheck={false} {...rest} />
        <Base.Trigger className="combobox-open" aria-label="Show all" tabIndex={-1}>
          <ChevronDown size={14} aria-hidden />
        </Base.Trigger>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner className="popup-place" sideOffset={4} align="start">
          <Base.Popup className="popup combobox-popup" render={reachable}>
            <Base.Empty className="popup-none">{none}</Base.Empty>
            <Base.List className="popup-list">
              {(item: Option | Group) =>
                isGroup(item) ? (
                  <Base.Group key={item.value} items={item.items}>
                    <Base.GroupLabel className="popup-group">{item.value}</Base.GroupLabel>
                    <Base.Collection>{(option: Option) => <Item key={option.value} option={option} />}</Base.Collection>
                  </Base.Group>
                ) : (
                  <Item key={item.value} option={item} />
                )
              }
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ option }: { option: Option }) {
  return (
    <Base.Item value={option} disabled={option.disabled} className="popup-item">
      <span className="popup-tick">
        <Base.ItemIndicator>
          <Check size={16} aria-hidden />
        </Base.ItemIndicator>
      </span>
      <OptionText option={option} />
    </Base.Item>
  );
}

function OptionText({ option }: { option: Option }) {
  return (
    <>
      {option.icon}
      <span className="popup-main">
        <span className="cut">{option.label}</span>
        {option.hint && <span className="popup-hint">{option.hint}</span>}
      </span>
      {option.end && <span className="popup-end">{option.end}</span>}
    </>
  );
}

/** A line of text with suggestions; any text is taken. */
export function Suggest({
  value,
  onChange,
  options,
  placeholder,
  disabled,
  mono,
  ...rest
}: Props & { value: string; onChange: (value: string) => void }) {
  return (
    <Autocomplete.Root
      items={options}
      value={value}
      onValueChange={onChange}
      itemToStringValue={(option) => option.value}
      filter={(option, query) => matches(option, query)}
      limit={50}
      openOnInputClick
      disabled={disabled}
    >
      <Autocomplete.Input
        className={names("text", mono && "mono")}
        placeholder={placeholder}
        spellCheck={false}
        {...rest}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner className="popup-place" sideOffset={4} align="start">
          <Autocomplete.Popup className="popup combobox-popup combobox-suggest" render={reachable}>
            <Autocomplete.List className="popup-list">
              {(option: Option) => (
                <Autocomplete.Item key={option.value} value={option} className="popup-item">
                  <OptionText option={option} />
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
