import type { ReactNode } from "react";
import "./empty.css";

interface Props {
  /** One sentence: what is not here, and when it will be. */
  children: ReactNode;
  /** One button. */
  action?: ReactNode;
  /** One call to copy: a Snippet. */
  call?: ReactNode;
}

/** A place that has nothing to show yet. */
export function Empty({ children, action, call }: Props) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
      {call && <div className="empty-call">{call}</div>}
    </div>
  );
}
