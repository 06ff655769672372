import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { logQuery } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import { Copy } from "../../kit/copy";
import { Latency, Money, Time, Tokens } from "../../kit/figures";
import { KindIcon, Version } from "../../kit/marks";
import { StatusOf } from "./columns";
import { type Facts, factsOf } from "./log";

interface Props {
  id: string;
  row?: LogRow;
}

/** Which Log it is: how it went, its File and id, and when it was made. */
export function LogHead({ id, row }: Props) {
  const { data } = useQuery(logQuery(id));
  const facts = factsOf(id, row, data);
  const { status, reason, finish, type, file, at } = facts;
  return (
    <div className="loghead">
      <div className="loghead-line">
        {type && <KindIcon kind={type} />}
        <h2 className="cut">
          {file ? (
            <Link to="/files/$id" params={{ id: file.id }}>
              {file.path}
            </Link>
          ) : (
            "Log"
          )}
        </h2>
        {status && <StatusOf row={{ status, error_reason: reason as LogRow["error_reason"], finish_reason: finish }} />}
      </div>
      <div className="loghead-line dim">
        <span className="mono cut loghead-id">{id}</span>
        <Copy text={id} label="Copy id" />
        {at && <Time at={at} as="full" />}
      </div>
    </div>
  );
}

/** The figures of a Log, each with its name. */
export function LogFigures({ facts }: { facts: Facts }) {
  const { file, version, differs, provider, model, finish, tokens, kinds, cost, latency, first, request } = facts;
  return (
    <dl className="logfigures">
      {version && file && (
        <div>
          <dt>Version</dt>
          <dd>
            <Link
              to="/files/$id/versions"
              params={{ id: file.id }}
              search={{ b: version.id }}
              title="What differs from the deployed version"
            >
              <Version id={version.id} name={version.name} differs={differs} />
            </Link>
          </dd>
        </div>
      )}
      {model && (
        <div>
          <dt>Model</dt>
          <dd>{provider ? `${provider}/${model}` : model}</dd>
        </div>
      )}
      {finish && (
        <div>
          <dt>Finish</dt>
          <dd>{finish}</dd>
        </div>
      )}
      {tokens !== undefined && (
        <div>
          <dt>Tokens</dt>
          <dd>
            <Tokens value={tokens} kinds={kinds} />
          </dd>
        </div>
      )}
      {tokens !== undefined && (
        <div>
          <dt>Cost</dt>
          <dd>
            <Money value={cost} />
          </dd>
        </div>
      )}
      {latency !== undefined && (
        <div>
          <dt>Latency</dt>
          <dd>
            <Latency value={latency} />
          </dd>
        </div>
      )}
      {first !== undefined && (
        <div>
          <dt>First token</dt>
          <dd>
            <Latency value={first} />
          </dd>
        </div>
      )}
      {request && (
        <div>
          <dt>Request</dt>
          <dd className="mono loghead-request">
            <span className="cut">{request}</span>
            <Copy text={request} label="Copy request id" />
          </dd>
        </div>
      )}
    </dl>
  );
}
