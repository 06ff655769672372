import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReasonInfo } from "../../api/queries/reasons";
import { reasons } from "../../api/queries/reasons";
import { failuresQuery, type StatsFailures, type StatsReason } from "../../api/queries/stats";
import { Time } from "../../kit/figures";
import { Origin } from "../../kit/marks";
import { Prose } from "../../kit/prose";
import { exact, plural } from "../../lib/format";
import { asked, type Range } from "../../lib/range";
import { often } from "./often";
import { Tile } from "./tile";

/** What failed, by who raised it and why, with what to do. */
export function Failures({ range }: { range: Range }) {
  const query = useQuery({ ...failuresQuery(asked(range)), ...often });
  return (
    <Tile title="Failures" query={query} lines={8}>
      {(data) =>
        data.origins.length === 0 ? (
          <p className="dim">✓ Nothing failed{data.calls > 0 && ` in ${plural(data.calls, "call")}`}.</p>
        ) : (
          <Origins data={data} range={range} />
        )
      }
    </Tile>
  );
}

function Origins({ data, range }: { data: StatsFailures; range: Range }) {
  const { data: known = [] } = useQuery(reasons);
  return data.origins.map(({ origin, failures, reasons: list }) => (
    <section key={origin} className="failures" aria-label={`Failures of ${origin || "clients"}`}>
      <h3>
        {origin || "Reported by clients"} <span className="dim">{exact(failures)}</span>
      </h3>
      <ul>
        {list.map((one) => (
          <Reason
            key={one.reason}
            one={one}
            info={known.find(({ reason }) => reason === one.reason)}
            provider={origin}
            range={range}
          />
        ))}
      </ul>
    </section>
  ));
}

interface ReasonProps {
  one: StatsReason;
  info: ReasonInfo | undefined;
  provider: string;
  range: Range;
}

function Reason({ one, info, provider, range }: ReasonProps) {
  const filter = one.reason ? { reason: [one.reason] } : { status: ["failed"] };
  return (
    <li className="failure">
      <div className="failure-head">
        <span className="failure-name">
          <Link to="/logs" search={{ ...range, ...filter }} className="failure-title">
            {info?.title ?? (one.reason || "No reason was given")}
          </Link>
          {one.reason && <code className="dim">{one.reason}</code>}
          {info && <Origin origin={info.origin} name={provider} />}
        </span>
        <b className="failure-count">{exact(one.failures)}</b>
      </div>
      <div className="failure-facts">
        <span>
          since <Time at={one.first_seen} as="short" />, last <Time at={one.last_seen} />
        </span>
        {one.reason && <span>{one.retryable ? "✓ a retry may help" : "✕ a retry does not help"}</span>}
        <Files one={one} range={range} />
      </div>
      {info?.to_do[0] && (
        <p className="failure-todo">
          <Prose text={info.to_do[0]} />
        </p>
      )}
    </li>
  );
}

function Files({ one, range }: { one: StatsReason; range: Range }) {
  const filter = one.reason ? { reason: [one.reason] } : { status: ["failed"] };
  return (
    <span>
      in{" "}
      {one.files.map(({ id, path, failures }, i) => (
        <span key={id}>
          {i > 0 && ", "}
          <Link to="/logs" search={{ ...range, ...filter, file: [id] }}>
            {path}
          </Link>{" "}
          {exact(failures)}
        </span>
      ))}
    </span>
  );
}
