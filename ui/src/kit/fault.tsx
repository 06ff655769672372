import type { ReactNode } from "react";
import { plural } from "../lib/format";
import { type Attempt, Attempts } from "./attempts";
import { Button } from "./button";
import { Copy } from "./copy";
import { showField } from "./field";
import { Origin, type Whose } from "./marks";
import { useCountdown } from "./now";
import "./fault.css";

/** The detail of a failure, as the error contract has it. */
export interface FaultDetail {
  /** The name of who raised it. */
  origin: string;
  /** Whose it is; without it, the server's. */
  origin_class?: Whose;
  reason: string;
  message: string;
  retryable?: boolean;
  /** In seconds. */
  retry_after?: number;
  request_id?: string;
  provider?: string;
  model?: string;
  provider_status?: number;
  provider_code?: string;
  provider_request_id?: string;
  param?: string;
  line?: number;
  errors?: readonly { param?: string; message: string; loc?: readonly unknown[] }[];
  partial_output?: boolean;
  attempts?: readonly Attempt[];
  log_id?: string;
}

interface FaultProps {
  detail: FaultDetail;
  /** The reason in words; else its code is read as words. */
  words?: string;
  /** What to do, most useful first. */
  todo?: readonly ReactNode[];
  /** Buttons that fit the reason; small. */
  actions?: ReactNode;
  /** Does it again. Offered unless that cannot help, and only after the time that the failure asks for. */
  onRetry?: () => void;
  /** What the button for that says. */
  retry?: string;
  /** Goes to what `param` names; else the field of that name is focused. */
  onParam?: (param: string) => void;
  /** A link to the page of the reason, or to the Log. */
  links?: ReactNode;
  /** Without attempts and ids, for narrow places. */
  small?: boolean;
}

/** A failure, everywhere the same: whose, why, what to do, whether to repeat it, and all that a report needs. */
export function Fault({
  detail,
  words,
  todo = [],
  actions,
  onRetry,
  retry = "Run again",
  onParam,
  links,
  small,
}: FaultProps) {
  const { reason, message, param, errors = [], attempts = [] } = detail;
  const origin = detail.origin_class ?? "server";
  const title = words ?? sentence(reason);
  return (
    <section className="fault" data-origin={origin} aria-label={`Failure: ${title}`} role="alert">
      <div className="fault-head">
        <Origin origin={origin} name={detail.provider ?? detail.origin} />
        <h3 className="fault-title">{title}</h3>
        <code className="fault-code">{reason}</code>
      </div>
      <p className="fault-message">{message}</p>
      {(param || errors.length > 0) && <Params param={param} errors={errors} onParam={onParam ?? showField} />}
      {detail.partial_output && <p className="dim">What had come before stays shown.</p>}
      {todo.length > 0 && (
        <ul className="fault-todo" aria-label="What to do">
          {todo.map((item, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed.
            <li key={i}>{item}</li>
          ))}
        </ul>
      )}
      <div className="fault-actions">
        {onRetry && <Retry detail={detail} onRetry={onRetry} verb={retry} />}
        {actions}
        <span className="fault-links">
          {links}
          <Copy words label="Copy for a report" text={() => report(detail, title)} />
        </span>
      </div>
      {!small && attempts.length > 1 && (
        <details className="fault-more">
          <summary>{plural(attempts.length, "try", "tries")}</summary>
          <Attempts attempts={attempts} />
        </details>
      )}
      {!small && <Ids detail={detail} />}
    </section>
  );
}

function Retry({ detail, onRetry, verb }: { detail: FaultDetail; onRetry: () => void; verb: string }) {
  const left = useCountdown(detail.retry_after ?? 0, detail);
  if (detail.retryable === false) return <span className="fault-note">Repeating it will not help.</span>;
  return (
    <Button small kind="main" disabled={left > 0} onClick={onRetry}>
      {left > 0 ? `${verb} in ${left} s` : verb}
    </Button>
  );
}

interface ParamsProps {
  param?: string;
  errors: NonNullable<FaultDetail["errors"]>;
  onParam: (param: string) => void;
}

function Params({ param, errors, onParam }: ParamsProps) {
  const all = errors.length > 0 ? errors : [{ param, message: "" }];
  return (
    <ul className="fault-params">
      {all.map((error) => {
        const name = error.param ?? (error.loc ?? []).filter((part) => part !== "body").join(".");
        return (
          <li key={`${name} ${error.message}`}>
            {name && (
              <button type="button" className="fault-param" onClick={() => onParam(name)}>
                {name}
              </button>
            )}
            {error.message}
          </li>
        );
      })}
    </ul>
  );
}

function Ids({ detail }: { detail: FaultDetail }) {
  const facts: [string, string | number | undefined][] = [
    ["Model", detail.model && [detail.provider, detail.model].filter(Boolean).join("/")],
    ["Provider’s answer", [detail.provider_status, detail.provider_code].filter(Boolean).join(" ") || undefined],
    ["Provider’s request", detail.provider_request_id],
    ["Our request", detail.request_id],
  ];
  const there = facts.filter(([, value]) => value);
  if (there.length === 0) return null;
  return (
    <dl className="fault-ids">
      {there.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const sentence = (reason: string) => reason.charAt(0).toUpperCase() + reason.slice(1).replaceAll("_", " ");

const report = (detail: FaultDetail, title: string) =>
  [
    `${title} (${detail.reason})`,
    detail.message,
    "",
    JSON.stringify({ detail }, null, 2),
    "",
    `At ${new Date().toISOString()}`,
  ].join("\n");
