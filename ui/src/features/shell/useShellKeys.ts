import { useNavigate } from "@tanstack/react-router";
import { copy } from "../../lib/copy";
import { useKeys } from "../../lib/keys";
import { currentPrefs, setPref } from "../../lib/prefs";
import { unjudged } from "../../routes";

interface Act {
  find: (text?: string) => void;
  showKeys: () => void;
}

/** The keys that act everywhere. */
export function useShellKeys({ find, showKeys }: Act): void {
  const navigate = useNavigate();
  useKeys(
    "Everywhere",
    [
      { keys: "mod+k", does: "Find anything", run: () => find(), quiet: true },
      { keys: "/", does: "Search on this screen", run: () => focusSearch() || find(), quiet: true },
      { keys: "?", does: "Show the keys of this screen", run: showKeys },
      { keys: "g h", does: "Go to Home", run: () => navigate({ to: "/" }) },
      { keys: "g f", does: "Go to Files", run: () => navigate({ to: "/files" }) },
      { keys: "g l", does: "Go to Logs", run: () => navigate({ to: "/logs", search: unjudged }) },
      { keys: "g s", does: "Go to Settings", run: () => navigate({ to: "/settings" }) },
      { keys: "y", does: "Copy a link to this screen", run: () => copy(location.href) },
      { keys: "t", does: "Show times in UTC or local time", run: () => setPref("utc", !currentPrefs().utc) },
      { does: "Use the light theme", run: () => setPref("theme", "light") },
      { does: "Use the dark theme", run: () => setPref("theme", "dark") },
      { does: "Use the theme of the system", run: () => setPref("theme", "system") },
      { does: "Fold or unfold the navigation", run: () => setPref("folded", !currentPrefs().folded) },
    ],
    0,
  );
}

/** Moves to the search field of the screen, if it has one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('#main input[type="search"], #main [role="searchbox"]');
  field?.focus();
  field?.select();
  return !!field;
}
