import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import {
  createEnvironment,
  deleteEnvironment,
  type Environment,
  environments,
  renameEnvironment,
} from "../../api/queries/environments";
import { forbidden, me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Time } from "../../kit/figures";
import { plural } from "../../lib/format";
import { MakeDefault } from "./makedefault";
import { ConfirmCall, Listing, Loaded, NameDialog, Section } from "./part";

type Action = { kind: "make" } | { kind: "rename" | "default" | "delete"; environment: Environment };

/** The environments: which one calls use that name none, and what is deployed in each. */
export function Environments() {
  const all = useQuery(environments);
  const { data } = useQuery(me);
  const [action, act] = useState<Action>();
  const why = forbidden(data?.role, "admin");
  return (
    <Section
      title="Environments"
      text="A call names an environment and gets the version that is deployed there; one that names none gets that of the default."
      actions={
        <Button kind="main" why={why} onClick={() => act({ kind: "make" })}>
          Make an environment
        </Button>
      }
    >
      <Loaded query={all} height={160}>
        {(list) => <List all={list} why={why} act={act} />}
      </Loaded>
      {action && <Dialogs action={action} all={all.data ?? []} onClose={() => act(undefined)} />}
    </Section>
  );
}

interface ListProps {
  all: Environment[];
  why: string | undefined;
  act: (action: Action) => void;
}

function List({ all, why, act }: ListProps) {
  return (
    <Listing columns={["Name", "Deployed there", "Made"]}>
      {all.map((environment) => (
        <Row key={environment.id} environment={environment} why={why} act={act} />
      ))}
    </Listing>
  );
}

function Row({ environment, why, act }: Omit<ListProps, "all"> & { environment: Environment }) {
  const { name, tag, deployments, created_at } = environment;
  const main = tag === "default";
  return (
    <tr>
      <th scope="row">
        {name}
        {main && (
          <span className="pill" data-main>
            default
          </span>
        )}
      </th>
      <td data-name="Deployed there">
        {deployments > 0 ? (
          <Link to="/files" search={{ env: name }}>
            {plural(deployments, "File")}
          </Link>
        ) : (
          <span className="dim">nothing</span>
        )}
      </td>
      <td data-name="Made">
        <Time at={created_at} />
      </td>
      <td className="settings-rowactions">
        {!main && (
          <Button
            small
            kind="quiet"
            why={why}
            aria-label={`Make default: ${name}`}
            onClick={() => act({ kind: "default", environment })}
          >
            Make default
          </Button>
        )}
        <Button
          small
          kind="quiet"
          why={why}
          aria-label={`Rename ${name}`}
          onClick={() => act({ kind: "rename", environment })}
        >
          Rename
        </Button>
        <Button
          small
          kind="quiet"
          why={why ?? inUse(environment)}
          aria-label={`Delete ${name}`}
          onClick={() => act({ kind: "delete", environment })}
        >
          Delete
        </Button>
      </td>
    </tr>
  );
}

/** Why an environment cannot be deleted; undefined if it can. */
export function inUse({ tag, deployments }: Pick<Environment, "tag" | "deployments">): string | undefined {
  if (tag === "default") return "It is the default: make another one that first.";
  if (deployments > 0)
    return `${plural(deployments, "File has", "Files have")} a version deployed to it: remove these first.`;
  return undefined;
}

interface DialogsProps {
  action: Action;
  all: Environment[];
  onClose: () => void;
}

function Dialogs({ action, all, onClose }: DialogsProps) {
  const queries = useQueryClient();
  // Files, versions and who is signed in show environments too.
  const changed = () => queries.invalidateQueries();
  if (action.kind === "make")
    return (
      <NameDialog
        title="Make an environment"
        verb="Make environment"
        hint="As calls will name it: qa, europe."
        save={(name) => createEnvironment(name).then(changed)}
        onClose={onClose}
      />
    );
  const { environment } = action;
  if (action.kind === "rename")
    return (
      <NameDialog
        title={`Rename ${environment.name}`}
        verb="Rename environment"
        name={environment.name}
        hint={`Calls that name ${environment.name} fail from then on; change them first.`}
        save={(name) => renameEnvironment(environment.id, name).then(changed)}
        onClose={onClose}
      />
    );
  if (action.kind === "default") {
    const before = all.find(({ tag }) => tag === "default");
    return <MakeDefault environment={environment} before={before} onChanged={changed} onClose={onClose} />;
  }
  return <Delete environment={environment} onChanged={changed} onClose={onClose} />;
}

interface DeleteProps {
  environment: Environment;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function Delete({ environment: { id, name }, onChanged, onClose }: DeleteProps) {
  return (
    <ConfirmCall
      title={`Delete ${name}?`}
      verb="Delete environment"
      danger
      call={() => deleteEnvironment(id).then(onChanged)}
      onClose={onClose}
    >
      Nothing is deployed to it. Calls that name it fail from now on.
    </ConfirmCall>
  );
}
