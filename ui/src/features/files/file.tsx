import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { fileQuery } from "../../api/queries/files";
import { Skeleton } from "../../kit/skeleton";
import { fileCrumbs, usePage } from "../../lib/page";
import { FaultOfError } from "../../parts/fault";
import { FileHead, hasEditor } from "../../parts/filehead";
import { Overview } from "./overview";
import "./files.css";

const route = getRouteApi("/files/$id");

/** The first page of a File: the editor of kinds that have one, else what there is to know of it. */
export function FilePage() {
  const { id } = route.useParams();
  const { data: file, error, refetch } = useQuery(fileQuery(id));
  usePage(file?.path, file ? fileCrumbs(file.path) : undefined);
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  if (file && hasEditor(file.kind)) return <Navigate to="/files/$id/editor" params={{ id }} replace />;
  return (
    <>
      <FileHead id={id} page="overview" />
      {file ? <Overview file={file} /> : <Skeleton lines={12} />}
    </>
  );
}
