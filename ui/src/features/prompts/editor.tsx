import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { promptQuery } from "../../api/queries/prompts";
import { Skeleton } from "../../kit/skeleton";
import { fileCrumbs, usePage } from "../../lib/page";
import { FaultOfError } from "../../parts/fault";
import { usePlayground } from "./playground";
import { useStart } from "./start";
import { Workbench } from "./workbench";
import "./prompts.css";

const route = getRouteApi("/files/$id/editor");

/** The editor of a Prompt: what it is on the left, what came of it on the right. */
export function Editor() {
  const { id } = route.useParams();
  const { v, log } = route.useSearch();
  const { data: deployed } = useQuery({ ...promptQuery(id), retry: false });
  const { start, error, retry } = useStart(id, v, log);
  const playground = usePlayground(id); // what ran stays when a save begins another draft
  const path = start?.from.path;
  usePage(path && `${path} · Editor`, path ? fileCrumbs(path) : undefined);
  if (error) return <FaultOfError error={error} onRetry={retry} />;
  if (!start) return <Skeleton lines={12} />;
  return <Workbench key={start.name} file={id} start={start} deployed={deployed} playground={playground} />;
}
