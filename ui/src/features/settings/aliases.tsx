import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Alias, aliases, deleteAlias } from "../../api/queries/aliases";
import { forbidden, me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Time } from "../../kit/figures";
import { plural } from "../../lib/format";
import { AliasDialog } from "./aliasform";
import { ConfirmCall, Listing, Loaded, Section } from "./part";

type Action = { kind: "make" } | { kind: "edit" | "delete"; alias: Alias };

/** The aliases: names that clients use in place of models' own, and where each leads. */
export function Aliases() {
  const { data } = useQuery(me);
  const why = forbidden(data?.role, "admin");
  const queries = useQueryClient();
  const all = useQuery({ ...aliases, enabled: data !== undefined && !why });
  const [action, act] = useState<Action>();
  const changed = () => queries.invalidateQueries({ queryKey: aliases.queryKey });
  const close = () => act(undefined);
  return (
    <Section
      title="Aliases"
      text="Clients of OpenAI and Anthropic can name an alias as their model. It leads to one or several models; when one fails, the next answers."
      actions={
        <Button kind="main" why={why} onClick={() => act({ kind: "make" })}>
          Make an alias
        </Button>
      }
    >
      {why ? (
        <Empty>{why}</Empty>
      ) : (
        <Loaded query={all} height={160}>
          {(list) => (list.length > 0 ? <List all={list} act={act} /> : <Empty>There are no aliases yet.</Empty>)}
        </Loaded>
      )}
      {action?.kind === "delete" && <Delete alias={action.alias} onChanged={changed} onClose={close} />}
      {action && action.kind !== "delete" && (
        <AliasDialog
          alias={action.kind === "edit" ? action.alias : undefined}
          taken={all.data?.map(({ name }) => name) ?? []}
          onChanged={changed}
          onClose={close}
        />
      )}
    </Section>
  );
}

function List({ all, act }: { all: Alias[]; act: (action: Action) => void }) {
  return (
    <Listing columns={["Name", "Leads to", "For", "Changed"]}>
      {all.map((alias) => (
        <Row key={alias.name} alias={alias} act={act} />
      ))}
    </Listing>
  );
}

function Row({ alias, act }: { alias: Alias; act: (action: Action) => void }) {
  const { name, targets, keys = [], updated_at } = alias;
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
      </th>
      <td data-name="Leads to">
        <ul className="alias-targets">
          {targets.map(({ provider, model, credential, order, weight }) => (
            <li key={`${provider}/${model}/${credential}`}>
              <code className="cut">
                {provider}/{model}
              </code>
              {targets.length > 1 && (
                <span className="dim">
                  order {order}, weight {weight}
                </span>
              )}
            </li>
          ))}
        </ul>
      </td>
      <td data-name="For">{keys.length > 0 ? plural(keys.length, "key") : "all keys"}</td>
      <td data-name="Changed">
        <Time at={updated_at ?? undefined} />
      </td>
      <td className="settings-rowactions">
        <Button small kind="quiet" aria-label={`Edit ${name}`} onClick={() => act({ kind: "edit", alias })}>
          Edit
        </Button>
        <Button small kind="quiet" aria-label={`Delete ${name}`} onClick={() => act({ kind: "delete", alias })}>
          Delete
        </Button>
      </td>
    </tr>
  );
}

interface DeleteProps {
  alias: Alias;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function Delete({ alias: { name }, onChanged, onClose }: DeleteProps) {
  return (
    <ConfirmCall
      title={`Delete ${name}?`}
      verb="Delete alias"
      danger
      call={() => deleteAlias(name).then(onChanged)}
      onClose={onClose}
    >
      Calls that name it fail from now on, unless a model has the same name.
    </ConfirmCall>
  );
}
