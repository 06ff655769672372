import { Menu as Base } from "@base-ui/react/menu";
import { type MenuEntry, MenuPanel } from "./menu";

interface Props {
  /** Where it opens; undefined closes it. */
  at: DOMRect | undefined;
  onClose: () => void;
  entries: readonly MenuEntry[];
}

/** The menu of a cell of a table, opened by the menu button or key. Closing gives the focus back to the table. */
export function CellMenu({ at, onClose, entries }: Props) {
  return (
    <Base.Root open={at !== undefined} onOpenChange={(open) => !open && onClose()} modal={false}>
      <MenuPanel entries={entries} align="start" anchor={at && { getBoundingClientRect: () => at }} />
    </Base.Root>
  );
}
