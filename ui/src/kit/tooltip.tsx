import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./kbd";
import "./tooltip.css";

interface Props {
  /** What is said. Never the only place of a fact. Empty: no tooltip. */
  text: ReactNode;
  /** Keys that do the same, as Kbd takes them. */
  keys?: string;
  side?: "top" | "bottom" | "left" | "right";
  /** One element that takes a ref and the props of a trigger. */
  children: ReactElement<Record<string, unknown>>;
}

/** Says more of the element on hover and on focus. It names nothing: the element has its own name. */
export function Tooltip({ text, keys, side = "top", children }: Props) {
  if (!text) return children;
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={400} />
      <Base.Portal>
        <Base.Positioner className="tooltip-place" side={side} sideOffset={6} collisionPadding={8}>
          <Base.Popup className="tooltip">
            {text}
            {keys && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
