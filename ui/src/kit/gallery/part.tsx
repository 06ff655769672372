import type { ReactNode } from "react";

export function Part({
  title,
  as = "row",
  children,
}: {
  title: string;
  as?: "row" | "grid" | "stack";
  children: ReactNode;
}) {
  return (
    <section className="gallery-part">
      <h2>{title}</h2>
      <div className={`gallery-${as}`}>{children}</div>
    </section>
  );
}
