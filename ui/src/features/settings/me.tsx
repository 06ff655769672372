import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endSession, me, type Role, type Session, sessions } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Switch } from "../../kit/check";
import { Field } from "../../kit/field";
import { Time } from "../../kit/figures";
import { Select } from "../../kit/select";
import { zone } from "../../lib/clock";
import { type Prefs, setPref, usePrefs } from "../../lib/prefs";
import { FaultOfError } from "../../parts/fault";
import { browserOf } from "./browser";
import { Listing, Loaded, Section } from "./part";

const may: Record<Role, string> = {
  member: "may call Prompts, log and read",
  developer: "may also change and delete Files and Logs",
  admin: "may do everything",
};

/** Who is signed in, where, and how they like this page. */
export function Me() {
  const who = useQuery(me);
  const all = useQuery(sessions);
  return (
    <Section title="Me" text="Who you are here, where you are signed in, and how you like it.">
      <Loaded query={who} height={60}>
        {({ key, role }) => (
          <dl className="settings-facts">
            <dt>API key</dt>
            <dd>
              {key.name} <span className="mono dim">…{key.hint}</span>
            </dd>
            <dt>Role</dt>
            <dd>
              {role}, <span className="dim">which {may[role]}</span>
            </dd>
          </dl>
        )}
      </Loaded>
      <h2>On this browser</h2>
      <Preferences />
      <h2>Signed in with this key</h2>
      <Loaded query={all} height={120}>
        {(list) => <Sessions all={list} />}
      </Loaded>
    </Section>
  );
}

const themes: { value: Prefs["theme"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function Preferences() {
  const prefs = usePrefs();
  return (
    <div className="settings-prefs">
      <Field label="Theme">
        <Select value={prefs.theme} onChange={(theme) => setPref("theme", theme)} options={themes} />
      </Field>
      <Switch
        label="Times in UTC"
        hint={prefs.utc ? undefined : `Now they are in ${zone()}.`}
        checked={prefs.utc}
        onChange={(on) => setPref("utc", on)}
      />
      <Switch
        label="Single keys act"
        hint="With Ctrl or ⌘ they always do, and never while you type."
        checked={prefs.keys}
        onChange={(on) => setPref("keys", on)}
      />
    </div>
  );
}

function Sessions({ all }: { all: Session[] }) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => queries.invalidateQueries({ queryKey: sessions.queryKey }),
  });
  if (all.length === 0) return <p className="dim">No browser is signed in with it.</p>;
  return (
    <>
      <Listing columns={["Browser", "Signed in", "Last seen", "Ends unless used"]}>
        {all.map(({ id, user_agent, created_at, last_seen_at, expires_at, current }) => (
          <tr key={id}>
            <th scope="row" title={user_agent}>
              {browserOf(user_agent)}
              {current && <span className="pill">this one</span>}
            </th>
            <td data-name="Signed in">
              <Time at={created_at} />
            </td>
            <td data-name="Last seen">
              <Time at={last_seen_at} />
            </td>
            <td data-name="Ends unless used">
              <Time at={expires_at} as="short" />
            </td>
            <td className="settings-rowactions">
              <Button
                small
                kind="quiet"
                busy={end.isPending && end.variables === id}
                aria-label={`Sign out ${browserOf(user_agent)}`}
                onClick={() => end.mutate(id)}
              >
                Sign out
              </Button>
            </td>
          </tr>
        ))}
      </Listing>
      {end.error && <FaultOfError error={end.error} small />}
    </>
  );
}
