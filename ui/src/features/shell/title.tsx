import { useEffect } from "react";

/** The title of the window. */
export function Title({ text }: { text: string }) {
  useEffect(() => {
    document.title = text === "Home" ? "Openloop" : `${text} · Openloop`;
  }, [text]);
  return null;
}
