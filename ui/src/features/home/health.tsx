import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ServerStatus, statusQuery } from "../../api/queries/stats";
import { Time } from "../../kit/figures";
import { Status } from "../../kit/marks";
import { useNow } from "../../kit/now";
import { short } from "../../lib/clock";
import { bytes, exact, plural, span } from "../../lib/format";
import { often } from "./often";
import { Tile } from "./tile";

/** How the server, its database and the providers are now. */
export function Health() {
  const query = useQuery({ ...statusQuery, ...often });
  return (
    <Tile title="Health" aside={<span className="dim">now</span>} query={query} lines={7}>
      {(status) => (
        <dl className="health">
          <dt>Providers</dt>
          <dd>
            <Providers status={status} />
          </dd>
          <dt>Logs</dt>
          <dd>
            {exact(status.logs.count)}
            {status.logs.oldest && (
              <span className="dim">
                , the oldest of <Time at={status.logs.oldest} as="short" />
              </span>
            )}
          </dd>
          <dt>Retention</dt>
          <dd>
            <Retention status={status} />
          </dd>
          <dt>Database</dt>
          <dd>
            {status.database.kind === "sqlite" ? "SQLite" : "PostgreSQL"}, {bytes(status.database.bytes)}
          </dd>
          <dt>Tasks</dt>
          <dd>
            <Tasks tasks={status.tasks} />
          </dd>
        </dl>
      )}
    </Tile>
  );
}

function Providers({ status: { providers } }: { status: ServerStatus }) {
  if (providers.length === 0) return <Status state="good">no failures in 15 min</Status>;
  return (
    <ul>
      {providers.map(({ provider, calls, failures, reason, last_seen }) => (
        <li key={provider}>
          <Status state="bad">
            <Link to="/logs" search={{ last: "15m", provider: [provider], status: ["failed"] }}>
              {provider}
            </Link>
          </Status>{" "}
          {exact(failures)} of {plural(calls, "call")} failed in 15 min, most for{" "}
          <Link to="/errors/$reason" params={{ reason }}>
            {reason}
          </Link>
          <span className="dim">
            , last <Time at={last_seen} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Retention({ status: { logs, next_sweep } }: { status: ServerStatus }) {
  const now = useNow();
  const kept = logs.retention_days > 0 ? `${exact(logs.retention_days)} days` : "kept for ever";
  const left = next_sweep ? (Date.parse(next_sweep) - now.getTime()) / 1000 : undefined;
  return (
    <>
      {kept}
      {next_sweep && left !== undefined && (
        <span className="dim">
          , next sweep {left > 1 && left < 3600 ? `in ${span(left)}` : short(next_sweep, now)}
        </span>
      )}
    </>
  );
}

function Tasks({ tasks: { waiting, running, failed } }: { tasks: ServerStatus["tasks"] }) {
  if (waiting + running + failed === 0) return <>none wait</>;
  return (
    <>
      {exact(waiting)} wait, {exact(running)} run
      {failed > 0 && (
        <>
          , <Status state="warn">{exact(failed)} tried again</Status>
        </>
      )}
    </>
  );
}
