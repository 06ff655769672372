import { type Failure, unreachable } from "../../api/failure";
import { span } from "../../lib/format";

interface Props {
  failure: Failure;
  /** Seconds until another try is worth it. */
  wait: number;
  /** Whether it was a link that was refused. */
  byLink: boolean;
}

/** Why nobody was signed in, and what to do. */
export function Refusal({ failure, wait, byLink }: Props) {
  const { reason, message, request_id } = failure.detail;
  return (
    <div className="refusal" role="alert">
      <strong>
        <span aria-hidden="true">✕ </span>
        {title(failure, byLink)}
      </strong>
      <p>{message}</p>
      {failure.status === 429 && <p>{wait > 0 ? `You can try again in ${span(wait)}.` : "You can try again now."}</p>}
      {reason !== unreachable && (
        <p className="dim">
          <code>{reason}</code>
          {request_id && (
            <>
              {" · "}
              <code>{request_id}</code>
            </>
          )}
        </p>
      )}
    </div>
  );
}

function title({ status, detail }: Failure, byLink: boolean): string {
  if (detail.reason === unreachable) return "The server does not answer";
  if (status === 429) return "Too many tries";
  if (status === 401) return byLink ? "The link is no longer valid" : "The key is not valid";
  if (status === 403) return "This page may not sign in here";
  return "You are not signed in";
}
