import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { onSignedOut } from "../../api/client";
import { Toasts } from "../../kit/toast";
import { ahead } from "../../lib/ahead";
import { later } from "../../lib/later";
import { here, prefix } from "../../routes";
import { Outage } from "./outage";
import { Rail } from "./rail";
import { Top } from "./top";
import { useShellKeys } from "./useShellKeys";
import "./shell.css";

// What lies over the screens comes when the first of them has time.
const finder = () => import("./finder").then(({ Finder }) => Finder);
const keysDialog = () => import("./keysDialog").then(({ KeysDialog }) => KeysDialog);
const Finder = later(finder);
const KeysDialog = later(keysDialog);

/** What is around every screen. The page that signs in has nothing around it. */
export function Shell() {
  const pathname = useLocation({ select: (location) => location.pathname }); // what else is in the address does not matter here
  useLoginWhenSignedOut();
  const path = pathname.slice(prefix.length) || "/";
  if (path === "/login") return <Outlet />;
  return <Frame />;
}

function Frame() {
  const [shown, show] = useState<"palette" | "keys">();
  const [start, setStart] = useState("");
  const find = (text = "") => {
    setStart(text);
    show("palette");
  };
  useShellKeys({ find, showKeys: () => show("keys") });
  useEffect(() => {
    const timer = setTimeout(() => ahead(() => Promise.all([finder(), keysDialog()])), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="shell">
      <a className="shell-skip" href={`${prefix}${here()}#main`} onClick={focusMain}>
        Skip to content
      </a>
      <Rail />
      <div className="shell-right">
        <Top find={find} showKeys={() => show("keys")} />
        <Outage />
        <main id="main" className="shell-main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {shown === "palette" && <Finder open start={start} onOpenChange={(open) => !open && show(undefined)} />}
      {shown === "keys" && <KeysDialog open onOpenChange={(open) => !open && show(undefined)} />}
      <Toasts />
    </div>
  );
}

function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

// Goes to the page that signs in, and from there back to here. What was typed is kept as drafts.
function useLoginWhenSignedOut(): void {
  const navigate = useNavigate();
  useEffect(
    () =>
      onSignedOut(() => {
        const next = here();
        if (next.startsWith("/login")) return;
        void navigate({ to: "/login", search: next === "/" ? {} : { next } });
      }),
    [navigate],
  );
}
