import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { onSignedOut } from "../../api/client";
import { Toasts } from "../../kit/toast";
import { here, prefix } from "../../routes";
import { Finder } from "./finder";
import { KeysDialog } from "./keysDialog";
import { Outage } from "./outage";
import { Rail } from "./rail";
import { Top } from "./top";
import { useShellKeys } from "./useShellKeys";
import "./shell.css";

/** What is around every screen. The page that signs in has nothing around it. */
export function Shell() {
  const { pathname } = useLocation();
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
      <Finder open={shown === "palette"} start={start} onOpenChange={(open) => show(open ? "palette" : undefined)} />
      <KeysDialog open={shown === "keys"} onOpenChange={(open) => show(open ? "keys" : undefined)} />
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
