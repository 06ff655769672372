import { useQuery } from "@tanstack/react-query";
import { wholeLogQuery } from "../../api/queries/log";
import { Empty } from "../../kit/empty";
import { Json } from "../../kit/json";
import { Skeleton } from "../../kit/skeleton";
import { FaultOfError } from "../../parts/fault";

/** What went to the provider, or came back, as it was. It is fetched when it is looked at. */
export function Raw({ id, part }: { id: string; part: "request" | "response" }) {
  const { data, error, refetch } = useQuery(wholeLogQuery(id));
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={12} />;
  const value = part === "request" ? data.provider_request : data.provider_response;
  if (value === undefined) return <Empty>{`There is no ${part} of a provider in this Log.`}</Empty>;
  return (
    <div className="logview-raw">
      <Json label={part} value={value} most="fill" />
    </div>
  );
}
