import { useQuery } from "@tanstack/react-query";
import X from "lucide-react/icons/x";
import { useMemo } from "react";
import type { TreeFile } from "../../api/queries/files";
import { type DeploymentChange, deploymentsQuery } from "../../api/queries/versions";
import { IconButton } from "../../kit/button";
import { Time } from "../../kit/figures";
import { Version } from "../../kit/marks";
import { useNow, useZone } from "../../kit/now";
import { Skeleton } from "../../kit/skeleton";
import { minute } from "../../lib/clock";
import { shortId } from "../../lib/format";
import { seriesOf } from "../../lib/series";
import { FaultOfError } from "../../parts/fault";
import { lanesOf, placeOf } from "./lanes";

/** Who deployed what and when: a lane for each environment, and a table. */
export function History({ file, onClose }: { file: TreeFile; onClose: () => void }) {
  const { data, error, refetch } = useQuery(deploymentsQuery(file.id));
  return (
    <section className="comparison" aria-label="History of deployments">
      <header className="comparison-head">
        <h2>History of deployments</h2>
        <span className="versions-space" />
        <IconButton label="Close" keys="esc" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="comparison-body">
        {error && <FaultOfError error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton lines={6} />}
        {data?.length === 0 && <p className="dim">No version was ever deployed.</p>}
        {data && data.length > 0 && (
          <>
            <Lanes changes={data} />
            <Changes changes={data} />
          </>
        )}
      </div>
    </section>
  );
}

function Lanes({ changes }: { changes: readonly DeploymentChange[] }) {
  const now = useNow().getTime();
  const lanes = useMemo(() => lanesOf(changes), [changes]);
  const start = Date.parse(changes.at(-1)?.at ?? "");
  return (
    <div className="lanes" aria-hidden="true">
      {lanes.map(({ environment, stays }) => (
        <div key={environment} className="lane">
          <span className="cut">{environment}</span>
          <div className="lane-track">
            {stays.map((stay) => {
              const { left, width } = placeOf(stay, start, now);
              const name = stay.version.name || shortId(stay.version.id);
              return (
                <span
                  key={stay.from}
                  className="lane-stay"
                  title={`${name}\n${minute(new Date(stay.from))}${stay.change.comment ? `\n${stay.change.comment}` : ""}`}
                  style={{ left: `${left}%`, width: `max(3px, ${width}%)`, borderColor: seriesOf(stay.version.id) }}
                >
                  {name}
                </span>
              );
            })}
          </div>
        </div>
      ))}
      <div className="lane dim">
        <span />
        <div className="lane-ends">
          <span>{minute(new Date(start))}</span>
          <span>now</span>
        </div>
      </div>
    </div>
  );
}

function Changes({ changes }: { changes: readonly DeploymentChange[] }) {
  const zone = useZone();
  return (
    <table className="comparison-settings">
      <thead>
        <tr>
          <th scope="col">When ({zone})</th>
          <th scope="col">Environment</th>
          <th scope="col">Deployed</th>
          <th scope="col">Instead of</th>
          <th scope="col">By</th>
          <th scope="col">Comment</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.at} ${change.environment_id}`}>
            <td>
              <Time at={change.at} />
            </td>
            <td>{change.environment}</td>
            <td>
              {change.action === "deploy" && change.version_id ? (
                <Version id={change.version_id} name={change.version_name} />
              ) : (
                <span className="dim">removed</span>
              )}
              {change.forced && <span className="dim"> though the gate was closed</span>}
            </td>
            <td>
              {change.replaced_version_id && (
                <Version id={change.replaced_version_id} name={change.replaced_version_name} />
              )}
            </td>
            <td>{change.by?.name}</td>
            <td>{change.comment}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
