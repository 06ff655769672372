import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { names } from "../../kit/button";
import { Skeleton } from "../../kit/skeleton";
import { FaultOfError } from "../../parts/fault";

interface FrameProps {
  title: string;
  /** At the right end of the head. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A part of Home. */
export function Frame({ title, aside, children, className }: FrameProps) {
  return (
    <section className={names("tile", className)} aria-label={title}>
      <div className="tile-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface BodyProps<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "isPlaceholderData" | "refetch">;
  /** How many bars stand there until there is something to show. */
  lines?: number;
  /** Also shows figures of an older range while those of the new one are fetched; they are dimmed. */
  children: (data: T) => ReactNode;
}

/** What a query gave. Its failure leaves the other parts as they are. */
export function Body<T>({ query, lines = 5, children }: BodyProps<T>) {
  const { data, error, isPlaceholderData, refetch } = query;
  const loading = data === undefined && !error;
  return (
    <div
      className="tile-body"
      data-stale={isPlaceholderData || undefined}
      aria-busy={loading || isPlaceholderData || undefined}
    >
      {data !== undefined && children(data)}
      {data === undefined && error && (
        <FaultOfError error={error} small retry="Try again" onRetry={() => void refetch()} />
      )}
      {loading && <Skeleton lines={lines} />}
    </div>
  );
}

/** A part of Home that shows what one query gives. */
export function Tile<T>({ title, aside, className, ...body }: Omit<FrameProps, "children"> & BodyProps<T>) {
  return (
    <Frame title={title} aside={aside} className={className}>
      <Body {...body} />
    </Frame>
  );
}
