// The error card with what the server says of its reason. Parts know the API and are shown by several features.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Detail, Failure, noAnswer } from "../api/failure";
import { reasons } from "../api/queries/reasons";
import { Fault } from "../kit/fault";
import { Prose } from "../kit/prose";

interface Props {
  detail: Detail;
  onRetry?: () => void;
  retry?: string;
  /** Buttons that fit the reason; small. */
  actions?: ReactNode;
  onParam?: (param: string) => void;
  small?: boolean;
  /** Hides the link to the Log where that is what is shown. */
  noLog?: boolean;
}

/** A failure as the server describes it, with what its reason means and what to do. */
export function FaultOf({ detail, noLog, ...rest }: Props) {
  const { data = [] } = useQuery(reasons);
  const known = data.find(({ reason }) => reason === detail.reason);
  const links = (
    <>
      {known && (
        <Link to="/errors/$reason" params={{ reason: detail.reason }}>
          What this means
        </Link>
      )}
      {detail.log_id && !noLog && (
        <Link to="/logs/$id" params={{ id: detail.log_id }}>
          Its Log
        </Link>
      )}
    </>
  );
  return (
    <Fault
      detail={detail}
      words={known?.title}
      todo={known?.to_do.map((step) => <Prose key={step} text={step} />)}
      links={links}
      {...rest}
    />
  );
}

/** The failure of a call of the API, as thrown. */
export function FaultOfError({ error, ...rest }: Omit<Props, "detail"> & { error: unknown }) {
  const failure = error instanceof Failure ? error : noAnswer(error);
  return <FaultOf detail={failure.detail} {...rest} />;
}
