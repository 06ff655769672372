import { Dialog } from "@base-ui/react/dialog";
import { Link, useLocation } from "@tanstack/react-router";
import File from "lucide-react/icons/files";
import Home from "lucide-react/icons/house";
import Logs from "lucide-react/icons/list";
import Menu from "lucide-react/icons/menu";
import Fold from "lucide-react/icons/panel-left";
import Settings from "lucide-react/icons/settings";
import X from "lucide-react/icons/x";
import { useState } from "react";
import { IconButton, names } from "../../kit/button";
import { Mark } from "../../kit/mark";
import { Tooltip } from "../../kit/tooltip";
import { setPref, usePrefs } from "../../lib/prefs";
import { prefix, unjudged } from "../../routes";

const places = [
  { to: "/", label: "Home", icon: Home, keys: "g h" },
  { to: "/files", label: "Files", icon: File, keys: "g f" },
  { to: "/logs", label: "Logs", icon: Logs, keys: "g l", search: unjudged },
  { to: "/settings", label: "Settings", icon: Settings, keys: "g s" },
] as const;

/** The places of the workspace, at the left of a wide window. */
export function Rail() {
  const { folded } = usePrefs();
  return (
    <nav className={names("rail", folded && "rail-folded")} aria-label="Workspace">
      <Link to="/" className="rail-name" aria-label="Openloop, Home">
        <Mark />
        {!folded && <span>Openloop</span>}
      </Link>
      <Places folded={folded} />
      <div className="rail-foot">
        <IconButton
          label={folded ? "Unfold the navigation" : "Fold the navigation"}
          aria-expanded={!folded}
          onClick={() => setPref("folded", !folded)}
        >
          <Fold size={16} aria-hidden />
        </IconButton>
      </div>
    </nav>
  );
}

/** The same places as a sheet, for a narrow window. */
export function Sheet() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => setOpen(next)}>
      <Dialog.Trigger render={<IconButton label="Open the navigation" className="top-menu" />}>
        <Menu size={16} aria-hidden />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-back" />
        <Dialog.Popup className="sheet">
          <div className="sheet-head">
            <Mark />
            <Dialog.Title className="sheet-title">Openloop</Dialog.Title>
            <Dialog.Close render={<IconButton label="Close the navigation" />}>
              <X size={16} aria-hidden />
            </Dialog.Close>
          </div>
          <nav aria-label="Workspace">
            <Places onGo={() => setOpen(false)} />
          </nav>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Places({ folded, onGo }: { folded?: boolean; onGo?: () => void }) {
  const pathname = useLocation({ select: (location) => location.pathname });
  const path = pathname.slice(prefix.length) || "/";
  return (
    <ul className="rail-places">
      {places.map(({ to, label, icon: Icon, keys, ...more }) => {
        const link = (
          <Link
            to={to}
            {...more}
            className="rail-place"
            aria-label={folded ? label : undefined}
            aria-current={isIn(path, to) ? "page" : undefined}
            activeProps={{}}
            onClick={onGo}
          >
            <Icon size={16} aria-hidden />
            {!folded && <span>{label}</span>}
          </Link>
        );
        return (
          <li key={to}>
            <Tooltip text={label} keys={keys} side="right">
              {link}
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

// Logs of one File belong to Files.
const isIn = (path: string, place: string) => path === place || (place !== "/" && path.startsWith(`${place}/`));
