import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Me, me } from "../../api/queries/me";
import { type ServerStatus, statusQuery } from "../../api/queries/stats";
import { Copy } from "../../kit/copy";
import { Time } from "../../kit/figures";
import { Status } from "../../kit/marks";
import { bytes, exact, plural } from "../../lib/format";
import { prefix } from "../../routes";
import { Loaded, Section } from "./part";

const databases = { sqlite: "SQLite", postgresql: "PostgreSQL" };

/** What this server is, how it is, and what it contains. */
export function About() {
  const who = useQuery(me);
  const status = useQuery({ ...statusQuery, refetchInterval: 30_000 });
  return (
    <Section title="About" text="What this server is, and how it is now.">
      <Loaded query={who} height={120}>
        {({ server }) => <Server server={server} />}
      </Loaded>
      <h2>Health</h2>
      <Loaded query={status} height={200}>
        {(data) => <Health status={data} />}
      </Loaded>
      <h2>More</h2>
      <Links version={who.data?.server.version} />
    </Section>
  );
}

function Server({ server }: { server: Me["server"] }) {
  const on = Object.entries(server.features)
    .filter(([, is]) => is)
    .map(([name]) => name.replaceAll("_", " "));
  return (
    <dl className="settings-facts">
      <dt>Version</dt>
      <dd>
        Openloop {server.version} <Copy text={`Openloop ${server.version}`} label="Copy version" />
      </dd>
      <dt>Address</dt>
      <dd>
        {server.public_url || (
          <>
            {location.origin}
            {prefix} <span className="dim">(OPENLOOP_PUBLIC_URL is not set)</span>
          </>
        )}
      </dd>
      <dt>Can</dt>
      <dd>{on.join(", ") || "–"}</dd>
    </dl>
  );
}

function Health({ status }: { status: ServerStatus }) {
  const { database, logs, tasks, providers, next_sweep } = status;
  return (
    <dl className="settings-facts">
      <dt>Server</dt>
      <dd>
        <Status state="good">answers</Status>
      </dd>
      <dt>Database</dt>
      <dd>
        {databases[database.kind]}, {bytes(database.bytes)}
      </dd>
      <dt>Logs</dt>
      <dd>
        {exact(logs.count)}
        {logs.oldest && (
          <>
            , the oldest of <Time at={logs.oldest} />
          </>
        )}
      </dd>
      <dt>Retention</dt>
      <dd>
        {logs.retention_days > 0 ? `Logs are kept ${plural(logs.retention_days, "day")}` : "Logs are kept for ever"},
        but for Files with a rule of their own
        {next_sweep && (
          <>
            ; the next sweep is at <Time at={next_sweep} as="short" />
          </>
        )}
      </dd>
      <dt>Work that waits</dt>
      <dd>
        {exact(tasks.waiting)} waiting, {exact(tasks.running)} running, {exact(tasks.failed)} tried before
      </dd>
      <dt>Providers</dt>
      <dd>
        <Providers failing={providers} />
      </dd>
    </dl>
  );
}

function Providers({ failing }: { failing: ServerStatus["providers"] }) {
  if (failing.length === 0) return <Status state="good">none failed in the last 15 minutes</Status>;
  return (
    <ul>
      {failing.map(({ provider, calls, failures, reason, last_seen }) => (
        <li key={provider}>
          <Status state="bad">
            {provider}: {exact(failures)} of {plural(calls, "call")} failed in the last 15 minutes, mostly{" "}
            <Link to="/errors/$reason" params={{ reason }}>
              {reason}
            </Link>
            ; last <Time at={last_seen} />
          </Status>
        </li>
      ))}
    </ul>
  );
}

function Links({ version }: { version: string | undefined }) {
  return (
    <ul className="settings-links">
      {[
        ["/docs", "API reference", "every operation, with its answers and failures"],
        ["/openapi.json", "OpenAPI document", "to generate clients"],
        ["/metrics", "Metrics", "for Prometheus; answers where the settings allow it"],
        [
          `/ui/assets/licenses.txt?v=${version}`,
          "Licences",
          "of the software in this page; those of the server are in the file NOTICE of its source",
        ],
      ].map(([path, name, text]) => (
        <li key={path}>
          <a href={prefix + path} target="_blank" rel="noopener">
            {name}
          </a>{" "}
          <span className="dim">{text}</span>
        </li>
      ))}
    </ul>
  );
}
