import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { search } from "../../api/queries/search";
import { fileCrumbs, usePage } from "../../lib/page";
import type { Address } from "./address";
import { LogsScreen } from "./screen";

const all = getRouteApi("/logs");
const ofFile = getRouteApi("/files/$id/logs");

/** The Logs of all Files. */
export function Logs() {
  usePage("Logs");
  const address = all.useSearch();
  const navigate = all.useNavigate();
  const change = useCallback(
    (part: Address, replace?: boolean) => navigate({ search: (before) => ({ ...before, ...part }), replace }),
    [navigate],
  );
  return <LogsScreen address={address} change={change} />;
}

/** The Logs of a File. */
export function FileLogs() {
  const { id } = ofFile.useParams();
  const path = usePathOf(id);
  usePage(path && `Logs of ${path}`, path ? fileCrumbs(path, { label: "Logs" }) : undefined);
  const address = ofFile.useSearch();
  const navigate = ofFile.useNavigate();
  const change = useCallback(
    (part: Address, replace?: boolean) => navigate({ search: (before) => ({ ...before, ...part }), replace }),
    [navigate],
  );
  return <LogsScreen key={id} address={address} change={change} file={id} />;
}

function usePathOf(id: string): string | undefined {
  const { data = [] } = useQuery(search(id, ["file"], 1));
  return data[0]?.title;
}
