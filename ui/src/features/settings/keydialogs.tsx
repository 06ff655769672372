import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type APIKey, createKey, revokeKey, updateKey } from "../../api/queries/apiKeys";
import type { Role } from "../../api/queries/me";
import { topQuery } from "../../api/queries/stats";
import { Field } from "../../kit/field";
import { Time } from "../../kit/figures";
import { Select } from "../../kit/select";
import { exact, plural } from "../../lib/format";
import { ConfirmCall, NameDialog } from "./part";

export type KeyAction =
  | { kind: "make" }
  | { kind: "edit"; apiKey: APIKey }
  | { kind: "revoke"; apiKey: APIKey; calls: number | undefined };

interface Props {
  action: KeyAction;
  /** The id of the key that one is signed in with. */
  mine: string | undefined;
  onMade: (key: APIKey) => void;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

/** The dialog of an action. */
export function KeyDialogs({ action, mine, onMade, onChanged, onClose }: Props) {
  if (action.kind === "make") {
    const made = (key: APIKey) => {
      onMade(key);
      return onChanged();
    };
    return <Make onMade={made} onClose={onClose} />;
  }
  const { apiKey } = action;
  if (action.kind === "revoke") {
    return (
      <Revoke
        apiKey={apiKey}
        calls={action.calls ?? 0}
        mine={apiKey.id === mine}
        onChanged={onChanged}
        onClose={onClose}
      />
    );
  }
  return <Edit apiKey={apiKey} onChanged={onChanged} onClose={onClose} />;
}

const roles: { value: Role; label: string; hint: string }[] = [
  { value: "member", label: "member", hint: "calls Prompts, logs and reads" },
  { value: "developer", label: "developer", hint: "also changes and deletes Files and Logs" },
  { value: "admin", label: "admin", hint: "also changes keys, environments and settings" },
];

type Priority = APIKey["priority"];

const priorities: { value: Priority; label: string; hint: string }[] = [
  { value: "critical", label: "critical", hint: "its calls go on when the server has more to do than it can" },
  { value: "interactive", label: "interactive", hint: "some of its calls are turned away then, to be sent again" },
  { value: "batch", label: "batch", hint: "its calls are turned away first" },
];

interface ChosenProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string; hint: string }[];
}

/** A choice, with what the chosen one means below it. */
function Chosen<T extends string>({ label, value, onChange, options }: ChosenProps<T>) {
  return (
    <Field label={label} hint={options.find((one) => one.value === value)?.hint}>
      <Select value={value} onChange={onChange} options={options} />
    </Field>
  );
}

interface EditProps {
  apiKey: APIKey;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function Edit({ apiKey, onChanged, onClose }: EditProps) {
  const [priority, setPriority] = useState(apiKey.priority);
  return (
    <NameDialog
      title={`Edit ${apiKey.name}`}
      verb="Save key"
      name={apiKey.name}
      hint="Logs and versions that it made show the new name too."
      save={(name) => updateKey(apiKey.id, { name, priority }).then(onChanged)}
      onClose={onClose}
    >
      <Chosen label="Priority" value={priority} onChange={setPriority} options={priorities} />
    </NameDialog>
  );
}

function Make({ onMade, onClose }: { onMade: (key: APIKey) => Promise<void>; onClose: () => void }) {
  const [role, setRole] = useState<Role>("member");
  const [priority, setPriority] = useState<Priority>("interactive");
  return (
    <NameDialog
      title="Make an API key"
      verb="Make key"
      hint="Who or what will use it, as billing service."
      save={(name) => createKey({ name, role, priority }).then(onMade)}
      onClose={onClose}
    >
      <Chosen label="Role" value={role} onChange={setRole} options={roles} />
      <Chosen label="Priority" value={priority} onChange={setPriority} options={priorities} />
    </NameDialog>
  );
}

interface RevokeProps {
  apiKey: APIKey;
  calls: number;
  mine: boolean;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function Revoke({ apiKey, calls, mine, onChanged, onClose }: RevokeProps) {
  return (
    <ConfirmCall
      title={`Revoke ${apiKey.name}?`}
      verb="Revoke key"
      danger
      word={calls > 0 ? apiKey.name : undefined}
      call={() => revokeKey(apiKey.id).then(onChanged)}
      onClose={onClose}
    >
      <div className="settings-words">
        <p>
          Its calls fail from now on with <code>gateway_key_invalid</code>, and browsers signed in with it are signed
          out{mine && <strong>: this one too</strong>}. This cannot be undone.
        </p>
        <Users apiKey={apiKey} calls={calls} />
      </div>
    </ConfirmCall>
  );
}

/** Who still uses a key, as far as its Logs say. */
function Users({ apiKey, calls }: { apiKey: APIKey; calls: number }) {
  const { data } = useQuery({
    ...topQuery({ field: "file", last: "7d", api_key: [apiKey.id], limit: 5 }),
    enabled: calls > 0,
  });
  if (calls === 0)
    return (
      <p>
        It made no calls in the last 7 days{" "}
        {apiKey.last_used_at ? (
          <>
            and was last used <Time at={apiKey.last_used_at} />.
          </>
        ) : (
          "and was never used."
        )}
      </p>
    );
  return (
    <>
      <p>
        It is in use: {plural(calls, "call")} in the last 7 days, the last use <Time at={apiKey.last_used_at} />.
      </p>
      <ul className="settings-users">
        {data?.values.map(({ value, file, calls: of }) => (
          <li key={value}>
            <span className="cut">{file?.path ?? (value || "without a File")}</span> {exact(of)}
          </li>
        ))}
        {data && data.count > data.values.length && (
          <li className="dim">and {plural(data.count - data.values.length, "other File")}</li>
        )}
      </ul>
    </>
  );
}
