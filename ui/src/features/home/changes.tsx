import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import Settings from "lucide-react/icons/settings";
import type { Change, Changes as Found, SettingChange } from "../../api/queries/changes";
import { Time } from "../../kit/figures";
import { Env, KindIcon, Version } from "../../kit/marks";
import { plural } from "../../lib/format";
import { Tile } from "./tile";

const most = 12;

/** Versions that were saved, deployments, and changes of keys and environments, with who did it. */
export function Changes({ query }: { query: UseQueryResult<Found> }) {
  return (
    <Tile title="What changed" query={query} lines={6}>
      {({ changes, settings }) => {
        const all = [...changes, ...settings].sort((a, b) => b.at.localeCompare(a.at));
        return all.length === 0 ? (
          <p className="dim">Nothing was saved, deployed or set in this range.</p>
        ) : (
          <>
            <ul className="changes">
              {all
                .slice(0, most)
                .map((change) =>
                  "file" in change ? (
                    <FileLine
                      key={`${change.action} ${change.at} ${change.file.id} ${change.version_id}`}
                      change={change}
                    />
                  ) : (
                    <SettingLine key={`${change.action} ${change.at} ${change.id}`} change={change} />
                  ),
                )}
            </ul>
            {all.length > most && <p className="dim tile-more">and {plural(all.length - most, "older change")}</p>}
          </>
        );
      }}
    </Tile>
  );
}

const kinds = {
  api_key: { section: "keys", of: "API key" },
  provider_key: { section: "providers", of: "key of" },
  environment: { section: "environments", of: "environment" },
  alias: { section: "aliases", of: "alias" },
} as const;

const done: Record<SettingChange["action"], string> = {
  make: "was made",
  rename: "was renamed",
  revoke: "was revoked",
  store: "was stored",
  delete: "was deleted",
  make_default: "is the default",
  set_priority: "has another priority",
};

function SettingLine({ change: { kind, name, id, action, at, by } }: { change: SettingChange }) {
  const { section, of } = kinds[kind];
  return (
    <li className="change">
      <Settings size={14} aria-label="Setting" />
      <p>
        <Link to="/settings/$section" params={{ section }}>
          {of} {name || id}
        </Link>{" "}
        {done[action]}
      </p>
      <By at={at} by={by} />
    </li>
  );
}

const By = ({ at, by }: Pick<Change, "at" | "by">) => (
  <span className="change-by dim">
    {by && `${by.name || by.id}, `}
    <Time at={at} />
  </span>
);

function FileLine({ change }: { change: Change }) {
  const { file, at, by, note } = change;
  return (
    <li className="change">
      <KindIcon kind={file.kind} size={14} />
      <div>
        <p>
          <Link to="/files/$id/versions" params={{ id: file.id }} search={{ b: change.version_id }}>
            {file.path}
          </Link>{" "}
          <What change={change} />
        </p>
        {note && <p className="change-note cut">{note}</p>}
      </div>
      <By at={at} by={by} />
    </li>
  );
}

function What({ change: { action, version_id = "", version_name, environment, environment_id } }: { change: Change }) {
  const where = <Env name={environment ?? environment_id ?? ""} />;
  if (action === "remove") return <>was removed from {where}</>;
  const version = <Version id={version_id} name={version_name} />;
  if (action === "save") return <>saved {version}</>;
  return (
    <>
      {version} to {where}
    </>
  );
}
