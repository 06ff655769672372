import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Change } from "../../api/queries/changes";
import { Time } from "../../kit/figures";
import { Env, KindIcon, Version } from "../../kit/marks";
import { plural } from "../../lib/format";
import { Tile } from "./tile";

const most = 12;

/** Versions that were saved and deployments, with who did it. */
export function Changes({ query }: { query: UseQueryResult<Change[]> }) {
  return (
    <Tile title="What changed" query={query} lines={6}>
      {(data) =>
        data.length === 0 ? (
          <p className="dim">No version was saved or deployed in this range.</p>
        ) : (
          <>
            <ul className="changes">
              {data.slice(0, most).map((change) => (
                <Line key={`${change.action} ${change.at} ${change.file.id} ${change.version_id}`} change={change} />
              ))}
            </ul>
            {data.length > most && <p className="dim tile-more">and {plural(data.length - most, "older change")}</p>}
          </>
        )
      }
    </Tile>
  );
}

function Line({ change }: { change: Change }) {
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
      <span className="change-by dim">
        {by && `${by.name || by.id}, `}
        <Time at={at} />
      </span>
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
