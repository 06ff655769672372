import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import User from "lucide-react/icons/circle-user-round";
import LogOut from "lucide-react/icons/log-out";
import { me, signOut } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Menu, type MenuEntry } from "../../kit/menu";
import { toast } from "../../kit/toast";
import { zone } from "../../lib/clock";
import { type Prefs, setPref, usePrefs } from "../../lib/prefs";
import { prefix } from "../../routes";

const themes: { value: Prefs["theme"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** Who is signed in, how they like it, and the way out. */
export function Account({ showKeys }: { showKeys: () => void }) {
  const { data } = useQuery(me);
  const prefs = usePrefs();
  const navigate = useNavigate();
  const leave = useSignOut();
  const name = data?.key.name ?? "Account";
  const entries: MenuEntry[] = [
    { heading: data ? `${name} · ${data.role}` : "Not known who is signed in" },
    {
      label: "Sign-ins and preferences",
      onSelect: () => navigate({ to: "/settings/$section", params: { section: "me" } }),
    },
    "line",
    { heading: "Theme" },
    ...themes.map(({ value, label }) => ({
      label,
      checked: prefs.theme === value,
      onSelect: () => setPref("theme", value),
    })),
    "line",
    {
      label: "Times in UTC",
      hint: prefs.utc ? undefined : `now ${zone()}`,
      checked: prefs.utc,
      keys: "t",
      onSelect: () => setPref("utc", !prefs.utc),
    },
    {
      label: "Single keys act",
      checked: prefs.keys,
      onSelect: () => setPref("keys", !prefs.keys),
    },
    "line",
    { label: "Keys of this screen", keys: "?", onSelect: showKeys },
    { label: "API reference", onSelect: () => window.open(`${prefix}/docs`, "_blank", "noopener") },
    { label: "First steps", onSelect: () => navigate({ to: "/welcome" }) },
    "line",
    { label: "Sign out", icon: <LogOut size={16} aria-hidden />, onSelect: () => leave.mutate() },
  ];
  return (
    <Menu
      align="end"
      entries={entries}
      trigger={
        <Button kind="quiet" className="account" aria-label={`Account: ${name}`} icon={<User size={16} aria-hidden />}>
          <span className="account-name cut">{name}</span>
        </Button>
      }
    />
  );
}

function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: "/login" });
      queries.clear();
    },
    onError: (failure) => toast({ kind: "bad", title: "You are still signed in", text: failure.message }),
  });
}
