import type { ReactNode } from "react";
import "./notice.css";

/** A page that says one thing. */
export function Notice({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className="notice">
      <h1>{title}</h1>
      {children}
      {actions && <div className="notice-actions">{actions}</div>}
    </section>
  );
}
