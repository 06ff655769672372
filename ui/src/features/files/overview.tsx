import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { contentQuery, type TreeFile, usesQuery } from "../../api/queries/files";
import { figuresOf, topQuery } from "../../api/queries/stats";
import { Latency, Money, Time } from "../../kit/figures";
import { Json } from "../../kit/json";
import { Markdown } from "../../kit/markdown";
import { Env, Version } from "../../kit/marks";
import { Skeleton } from "../../kit/skeleton";
import { plural } from "../../lib/format";
import { FaultOfError } from "../../parts/fault";

/** What there is to know of a File whose kind has no screen of its own yet. */
export function Overview({ file }: { file: TreeFile }) {
  const { data, error, refetch } = useQuery(contentQuery(file, file.newest_version_id));
  const readme = (data as { readme?: string } | undefined)?.readme;
  return (
    <div className="overview">
      {file.description && <p>{file.description}</p>}
      <Facts file={file} />
      {readme && (
        <section>
          <h2>Readme</h2>
          <Markdown text={readme} />
        </section>
      )}
      <section>
        <h2>Content of the newest version</h2>
        {error && <FaultOfError error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton height={240} />}
        {data && <Json label="Content" value={contentOf(data)} most={40} />}
      </section>
    </div>
  );
}

function Facts({ file }: { file: TreeFile }) {
  const { data: uses } = useQuery(usesQuery(file.id));
  const params = { id: file.id };
  const users = [...(uses?.linked_by ?? []), ...(uses?.monitors ?? []), ...(uses?.gates ?? [])];
  return (
    <dl className="overview-facts">
      <dt>Versions</dt>
      <dd>
        <Link to="/files/$id/versions" params={params}>
          {plural(file.versions_count, "version")}
        </Link>
        {file.newest_version_id && (
          <span>
            the newest is <Version id={file.newest_version_id} differs={file.differs} />
          </span>
        )}
      </dd>
      {file.deployed.map((there) => (
        <Deployed key={there.environment_id} there={there} />
      ))}
      {file.kind !== "dataset" && <Traffic file={file} />}
      <dt>Last change</dt>
      <dd>
        <Time at={file.updated_at} /> {file.updated_by?.name && <span className="dim">by {file.updated_by.name}</span>}
      </dd>
      {file.tags.length > 0 && (
        <>
          <dt>Tags</dt>
          <dd>{file.tags.join(", ")}</dd>
        </>
      )}
      {users.length > 0 && (
        <>
          <dt>Used by</dt>
          <dd>
            {users.map(({ id, path }) => (
              <Link key={id} to="/files/$id" params={{ id }}>
                {path}
              </Link>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

function Deployed({ there }: { there: TreeFile["deployed"][number] }) {
  return (
    <>
      <dt>
        <Env name={there.environment} main={there.default} />
      </dt>
      <dd>
        <Version id={there.version_id} name={there.version_name} />
        <span className="dim">
          since <Time at={there.deployed_at} /> {there.deployed_by?.name && `by ${there.deployed_by.name}`}
        </span>
      </dd>
    </>
  );
}

function Traffic({ file }: { file: TreeFile }) {
  const { data } = useQuery(topQuery({ field: "file", last: "24h", file_id: [file.id] }));
  const figures = figuresOf(data)(file.id);
  return (
    <>
      <dt>Last 24 h</dt>
      <dd>
        <Link to="/files/$id/logs" params={{ id: file.id }} search={{ last: "24h" }}>
          {figures ? plural(figures.calls, "call") : "Logs"}
        </Link>
        {figures && figures.calls > 0 && (
          <span className="dim">
            {plural(figures.failures, "failure")}, <Money value={figures.cost} />, p95{" "}
            <Latency value={figures.latency_p95} />
          </span>
        )}
      </dd>
    </>
  );
}

// What is of the File and not of its content, and stands elsewhere.
const apart = new Set(
  "path id directory_id version_name version_description commit_message status description tags readme name version_id draft environments created_at updated_at created_by last_used_at version_logs_count total_logs_count inputs evaluators evaluator_aggregates gate type raw_file_content".split(
    " ",
  ),
);

const contentOf = (version: object) =>
  Object.fromEntries(Object.entries(version).filter(([name, value]) => !apart.has(name) && value !== null));
