// The menu of a cell: its value as a filter, and what can be done with the row.
import type { LogRow } from "../../api/queries/logs";
import type { Filter } from "../../kit/chips";
import { withFilter } from "../../kit/chips-model";
import type { MenuEntry } from "../../kit/menu";
import { copy } from "../../lib/copy";
import type { LogColumn } from "./columns";

interface Act {
  chips: readonly Filter[];
  setChips: (chips: readonly Filter[]) => void;
  onOpen: (row: LogRow) => void;
  /** Moves the range to a time. */
  onAround: (at: string) => void;
  href: string;
}

const words = ({ name, value }: Filter) => `${name}:${value.length > 40 ? `${value.slice(0, 40)}…` : value}`;

/** The entries of the menu of a cell. */
export function cellEntries(row: LogRow, column: LogColumn, act: Act): MenuEntry[] {
  const { chips, setChips } = act;
  const filters = column.filters?.(row) ?? [];
  const text = column.text(row);
  const narrowing = filters.flatMap((filter): MenuEntry[] => {
    const others = chips.filter(({ name }) => name !== filter.name);
    return [
      { label: `Only ${words(filter)}`, onSelect: () => setChips([...others, filter]) },
      { label: `Exclude ${words(filter)}`, onSelect: () => setChips(withFilter(chips, { ...filter, not: true })) },
    ];
  });
  const time: MenuEntry[] =
    column.id === "time"
      ? [{ label: "Only the ten minutes around it", onSelect: () => act.onAround(row.created_at) }]
      : [];
  const first = [...narrowing, ...time];
  return [
    ...first,
    ...(first.length > 0 ? (["line"] as const) : []),
    { label: "Open", keys: "enter", onSelect: () => act.onOpen(row) },
    { label: "Open in a new tab", onSelect: () => void window.open(act.href, "_blank") },
    ...(text ? [{ label: `Copy ${column.name.toLowerCase()}`, onSelect: () => void copy(text) }] : []),
    { label: "Copy id", onSelect: () => void copy(row.id) },
  ];
}
