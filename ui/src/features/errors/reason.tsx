import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReasonInfo, reasons } from "../../api/queries/reasons";
import { Button } from "../../kit/button";
import { Prose } from "../../kit/prose";
import { Skeleton } from "../../kit/skeleton";
import { usePage } from "../../lib/page";
import { linkTo } from "../../routes";
import { Notice } from "./notice";
import { Times } from "./times";
import "./reason.css";

/** What a reason of failures means, and what to do. */
export function Reason() {
  const { reason } = useParams({ from: "/errors/$reason" });
  const all = useQuery({ ...reasons, throwOnError: true });
  usePage(reason, [{ label: "Errors" }, { label: reason }]);
  if (!all.data) {
    return (
      <div className="notice" aria-busy="true">
        <Skeleton lines={6} />
      </div>
    );
  }
  const info = all.data.find((one) => one.reason === reason);
  return info ? <Meaning info={info} /> : <Unknown reason={reason} all={all.data} />;
}

const origins: Record<string, [string, string]> = {
  caller: ["yours", "Yours: what was asked for"],
  provider: ["provider", "The provider's"],
  server: ["server", "The server's"],
};

function Meaning({ info }: { info: ReasonInfo }) {
  const navigate = useNavigate();
  const range = useSearch({ from: "/errors/$reason" });
  const [origin, whose] = origins[info.origin] ?? ["server", info.origin];
  const logs = () => navigate({ to: "/logs", search: { ...range, reason: [info.reason] } });
  return (
    <Notice
      title={info.title}
      actions={
        <Button kind="main" onClick={logs}>
          Show the Logs that failed so
        </Button>
      }
    >
      <dl className="reason-facts">
        <dt>Code</dt>
        <dd className="mono">{info.reason}</dd>
        <dt>Whose failure</dt>
        <dd className={`reason-${origin}`}>{whose}</dd>
        <dt>Status</dt>
        <dd>
          {info.status} {info.type}
        </dd>
        <dt>Would a retry help</dt>
        <dd>
          {info.retryable ? "✓ It may: the same request can succeed later." : "✕ No: the same request fails again."}
        </dd>
        <dt>Who must act</dt>
        <dd>
          <Prose text={info.actor} />
        </dd>
      </dl>
      <Times reason={info.reason} range={range} />
      <h2>What happened</h2>
      <p>
        <Prose text={info.meaning} />
      </p>
      <h2>What to do</h2>
      <ol className="reason-steps">
        {info.to_do.map((step) => (
          <li key={step}>
            <Prose text={step} />
          </li>
        ))}
      </ol>
      {info.try && (
        <>
          <h2>See it on purpose</h2>
          <p>
            <Prose text={info.try} />
          </p>
        </>
      )}
    </Notice>
  );
}

function Unknown({ reason, all }: { reason: string; all: ReasonInfo[] }) {
  return (
    <Notice title="No failure is called so">
      <p>
        This server knows no reason <code>{reason}</code>. These are those that it knows:
      </p>
      <ul className="reason-all">
        {all.map((one) => (
          <li key={one.reason}>
            <a {...linkTo(`/errors/${one.reason}`)}>{one.title}</a> <code className="dim">{one.reason}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
