import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type APIKey, apiKeys } from "../../api/queries/apiKeys";
import { forbidden, me } from "../../api/queries/me";
import { type StatsEntry, topQuery } from "../../api/queries/stats";
import { Button } from "../../kit/button";
import { Copy } from "../../kit/copy";
import { Money, Time } from "../../kit/figures";
import { exact, plural } from "../../lib/format";
import { type KeyAction, KeyDialogs } from "./keydialogs";
import { Listing, Loaded, Section } from "./part";

/** The API keys: who has which, whether they are used, and making and revoking them. */
export function Keys() {
  const { data } = useQuery(me);
  const queries = useQueryClient();
  const [action, act] = useState<KeyAction>();
  const [made, setMade] = useState<APIKey>();
  const why = forbidden(data?.role, "admin");
  const changed = () => queries.invalidateQueries({ queryKey: apiKeys.queryKey });
  return (
    <Section
      title="API keys"
      text="A program sends its key with each call; a person signs in with one. The role says what may be done."
      actions={
        <Button kind="main" why={why} onClick={() => act({ kind: "make" })}>
          Make a key
        </Button>
      }
    >
      {made?.secret && <Made name={made.name} secret={made.secret} onClose={() => setMade(undefined)} />}
      {why ? <Own reason={why} /> : data && <List mine={data.key.id} act={act} />}
      {action && (
        <KeyDialogs
          action={action}
          mine={data?.key.id}
          onMade={setMade}
          onChanged={changed}
          onClose={() => act(undefined)}
        />
      )}
    </Section>
  );
}

/** A secret is here once: it stays until somebody says that they have it. */
function Made({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  return (
    <div className="settings-made" role="alert">
      <p>
        <strong>{name}</strong> is made. This is the only time that its secret is shown: copy it now.
      </p>
      <div className="settings-secret">
        <code>{secret}</code>
        <Copy text={secret} label="Copy key" words kind="plain" />
        <Button small onClick={onClose}>
          I have it
        </Button>
      </div>
    </div>
  );
}

function Own({ reason }: { reason: string }) {
  const { data } = useQuery(me);
  if (!data) return null;
  return (
    <p>
      You use the key <strong>{data.key.name}</strong> <span className="mono dim">…{data.key.hint}</span>. To see the
      others: {reason.charAt(0).toLowerCase() + reason.slice(1)}
    </p>
  );
}

interface ListProps {
  mine: string;
  act: (action: KeyAction) => void;
}

function List({ mine, act }: ListProps) {
  const keys = useQuery(apiKeys);
  const { data: week } = useQuery(topQuery({ field: "api_key", last: "7d", limit: 100 }));
  const use = (id: string) => week?.values.find(({ value }) => value === id);
  return (
    <Loaded query={keys} height={240}>
      {(all) => {
        const valid = all.filter((key) => !key.revoked_at);
        const revoked = all.filter((key) => key.revoked_at);
        return (
          <>
            <Listing
              columns={[
                "Name",
                "Role",
                "Priority",
                "Secret",
                "Last used",
                { end: "Calls, 7 d" },
                { end: "Spend, 7 d" },
              ]}
            >
              {valid.map((key) => (
                <Row key={key.id} apiKey={key} mine={key.id === mine} known={!!week} use={use(key.id)} act={act} />
              ))}
            </Listing>
            {revoked.length > 0 && <Revoked keys={revoked} />}
          </>
        );
      }}
    </Loaded>
  );
}

interface RowProps {
  apiKey: APIKey;
  mine: boolean;
  known: boolean;
  use: StatsEntry | undefined;
  act: (action: KeyAction) => void;
}

function Row({ apiKey, mine, known, use, act }: RowProps) {
  return (
    <tr>
      <th scope="row">
        {apiKey.name}
        {mine && <span className="pill">yours</span>}
      </th>
      <td data-name="Role">{apiKey.role}</td>
      <td data-name="Priority">{apiKey.priority}</td>
      <td data-name="Secret" className="mono dim">
        …{apiKey.hint}
      </td>
      <td data-name="Last used">{apiKey.last_used_at ? <Time at={apiKey.last_used_at} /> : "never"}</td>
      <td data-name="Calls, 7 d" data-end>
        {known ? exact(use?.calls ?? 0) : "–"}
      </td>
      <td data-name="Spend, 7 d" data-end>
        <Money value={known ? (use?.cost ?? 0) : undefined} />
      </td>
      <td className="settings-rowactions">
        <Button small kind="quiet" aria-label={`Edit ${apiKey.name}`} onClick={() => act({ kind: "edit", apiKey })}>
          Edit
        </Button>
        <Button
          small
          kind="quiet"
          aria-label={`Revoke ${apiKey.name}`}
          onClick={() => act({ kind: "revoke", apiKey, calls: use?.calls })}
        >
          Revoke
        </Button>
      </td>
    </tr>
  );
}

function Revoked({ keys }: { keys: APIKey[] }) {
  return (
    <details className="settings-more">
      <summary>{plural(keys.length, "revoked key")}</summary>
      <ul>
        {keys.map((key) => (
          <li key={key.id}>
            {key.name} <span className="mono dim">…{key.hint}</span>{" "}
            <span className="dim">
              {key.role}, revoked <Time at={key.revoked_at} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
