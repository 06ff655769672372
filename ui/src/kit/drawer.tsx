import X from "lucide-react/icons/x";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "./button";
import { useNarrow } from "./media";
import { Split } from "./split";
import "./drawer.css";

interface Props {
  /** The width is remembered under this name. */
  name: string;
  /** Names the drawer: "Log". */
  label: string;
  open: boolean;
  onClose: () => void;
  /** What the drawer stands beside, as a Table. It is never made anew. */
  main: ReactNode;
  /** In the drawer's head, before its close button. */
  head: ReactNode;
  /** The drawer's content; made only while it is open. */
  children: ReactNode;
  width?: number;
}

/**
 * Details beside a list. In wide windows it is a pane, and the focus stays in the list; below 1,100 px it covers all and takes the focus.
 * Esc closes it; the focus returns to what had it.
 */
export function Drawer({ name, label, open, onClose, main, head, children, width = 560 }: Props) {
  const narrow = useNarrow();
  const panel = useRef<HTMLElement>(null);
  useFocusBack(open, narrow, panel);
  const press = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    // Esc belongs to an open list or to a popup, whose events come here by the tree of components.
    const ours = event.currentTarget.contains(target) && target.getAttribute("aria-expanded") !== "true";
    if (event.key !== "Escape" || !open || event.defaultPrevented || !ours) return;
    event.stopPropagation();
    onClose();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears Esc of what is inside.
    <div className="drawer-place" onKeyDown={press}>
      <Split
        name={name}
        label={`Width of ${label}`}
        size={width}
        min={360}
        minFirst={360}
        first={
          <div className="drawer-main" inert={open && narrow}>
            {main}
          </div>
        }
        second={
          open ? (
            <aside ref={panel} className="drawer" aria-label={label} tabIndex={-1}>
              <div className="drawer-head">
                <div className="drawer-title">{head}</div>
                <IconButton label="Close" keys="esc" onClick={onClose}>
                  <X size={16} aria-hidden />
                </IconButton>
              </div>
              <div className="drawer-body">{children}</div>
            </aside>
          ) : undefined
        }
      />
    </div>
  );
}

function useFocusBack(open: boolean, narrow: boolean, panel: React.RefObject<HTMLElement | null>) {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (!open) return;
    before.current = document.activeElement;
    return () => {
      // What had the focus in the drawer is gone by now, so the page has it.
      const lost = !document.activeElement || document.activeElement === document.body;
      if (lost && before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    };
  }, [open]);
  useEffect(() => {
    if (open && narrow) panel.current?.focus({ preventScroll: true });
  }, [open, narrow, panel]);
}
