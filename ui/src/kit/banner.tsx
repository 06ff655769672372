import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { IconButton } from "./button";
import "./banner.css";

interface Props {
  kind?: "plain" | "good" | "warn" | "bad";
  children: ReactNode;
  /** Buttons, small. */
  actions?: ReactNode;
  /** There when it may be put away. */
  onClose?: () => void;
}

const signs = { plain: "i", good: "✓", warn: "!", bad: "✕" };

/** A line across a view that says what holds for all of it. */
export function Banner({ kind = "plain", children, actions, onClose }: Props) {
  return (
    <div className={`banner banner-${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <span className="banner-sign" aria-hidden="true">
        {signs[kind]}
      </span>
      <div className="banner-text">{children}</div>
      {actions && <div className="banner-actions">{actions}</div>}
      {onClose && (
        <IconButton label="Dismiss" small onClick={onClose}>
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
