import { Popover as Base } from "@base-ui/react/popover";
import { type ReactElement, type ReactNode, useState } from "react";
import "./popup.css";
import "./popover.css";

interface Props {
  /** The button that opens it. */
  trigger: ReactElement;
  /** The name of the panel, shown at its head. */
  title: string;
  /** The title is read aloud, not shown. */
  bare?: boolean;
  children: ReactNode | ((close: () => void) => ReactNode);
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A small panel beside its button. */
export function Popover({ trigger, title, bare, children, align = "start", open, onOpenChange }: Props) {
  const [own, setOwn] = useState(false);
  const set = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <Base.Root open={open ?? own} onOpenChange={(next) => set(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="popup-place" sideOffset={4} align={align} collisionPadding={8}>
          <Base.Popup className="popup popover">
            <Base.Title className={bare ? "unseen" : "popover-title"}>{title}</Base.Title>
            {typeof children === "function" ? children(() => set(false)) : children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
