import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { fileQuery } from "../../api/queries/files";
import { Skeleton } from "../../kit/skeleton";
import { fileCrumbs, usePage } from "../../lib/page";
import { FaultOfError } from "../../parts/fault";
import { FileHead } from "../../parts/filehead";
import { Desk } from "./desk";
import "./versions.css";

const route = getRouteApi("/files/$id/versions");

/** The versions of a File, where they are deployed, and what differs between two of them. */
export function Versions() {
  const { id } = route.useParams();
  const { data: file, error, refetch } = useQuery(fileQuery(id));
  usePage(
    file ? `${file.path} · Versions` : undefined,
    file ? fileCrumbs(file.path, { label: "Versions" }) : undefined,
  );
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  return (
    <div className="versions">
      <FileHead id={id} page="versions" />
      {file ? <Desk file={file} /> : <Skeleton lines={12} rows />}
    </div>
  );
}
