import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { TreeFile } from "../../api/queries/files";
import { figuresOf, topQuery } from "../../api/queries/stats";
import { type VersionRow, versionRows } from "../../api/queries/versions";
import { Split } from "../../kit/split";
import { useKeys } from "../../lib/keys";
import { FaultOfError } from "../../parts/fault";
import { hasEditor } from "../../parts/filehead";
import { go } from "../../routes";
import { Acts, type VersionAct } from "./acts";
import type { Row } from "./columns";
import { Comparison } from "./comparison";
import { History } from "./history";
import { List } from "./list";
import { lastTwo, pairOf, pairOfSelected, type Search } from "./pair";
import { Places } from "./places";

const route = getRouteApi("/files/$id/versions");

/** Everything on the screen, once it is known which File it is. */
export function Desk({ file }: { file: TreeFile }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/files/$id/versions" });
  const { found, rows } = useRows(file, !!search.drafts);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<VersionRow>();
  const [act, setAct] = useState<VersionAct>();
  const versions = useMemo(() => rows?.map(({ version }) => version) ?? [], [rows]);
  const production = file.deployed.find((there) => there.default)?.version_id;
  const change = (next: Partial<Search>) => void navigate({ search: (now) => ({ ...now, ...next }) });
  const open = (version: VersionRow) => {
    setCurrent(version);
    change({ a: undefined, b: version.id, history: undefined });
  };
  const selectTwo = (keys: Set<string>) => {
    const two = lastTwo(keys);
    const pair = pairOfSelected(two, versions);
    select(two);
    if (pair) change({ ...pair, history: undefined });
  };
  const close = () => change({ a: undefined, b: undefined, history: undefined });
  const at = current ?? versions.find(({ id }) => id === search.b);
  const on = (act: (version: VersionRow) => void) => () => (at ? act(at) : false);
  useKeys(
    "Versions",
    [
      {
        does: "Compare the two selected, or this one with production",
        keys: "v",
        run: () => {
          const pair = pairOfSelected(selected, versions);
          if (pair) change({ ...pair, history: undefined });
          else if (at) open(at);
        },
      },
      { does: "Deploy this version", keys: "shift+d", run: on((version) => setAct({ verb: "deploy", version })) },
      {
        does: "Name or describe this version",
        keys: "F2",
        run: on((version) => setAct({ verb: "describe", version })),
      },
      {
        does: "Open in editor",
        keys: "e",
        run: on(({ id }) => (hasEditor(file.kind) ? go(`/files/${file.id}/editor?v=${id}`) : false)),
      },
      {
        does: "Close the comparison, then clear the selection",
        keys: "Escape",
        quiet: true,
        run: () => (search.b || search.history ? close() : selected.size > 0 ? select(new Set()) : false),
      },
    ],
    2,
  );

  const pair = pairOf(search, production, versions);
  const below = search.history ? (
    <History file={file} onClose={close} />
  ) : search.b && rows ? (
    <Comparison file={file} pair={pair} search={search} onSearch={change} onClose={close} versions={versions} />
  ) : undefined;
  if (found.error && !rows) return <FaultOfError error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      <Places
        file={file}
        onAct={setAct}
        history={!!search.history}
        onHistory={(on) => change({ history: on || undefined })}
        drafts={!!search.drafts}
        onDrafts={(on) => change({ drafts: on || undefined })}
      />
      <Split
        name="versions"
        label="Height of the comparison"
        below
        size={420}
        min={160}
        minFirst={140}
        first={
          <List
            file={file}
            found={found}
            rows={rows}
            open={search.b}
            selected={selected}
            onSelect={selectTwo}
            onOpen={open}
            onCursor={setCurrent}
            onAct={setAct}
            onCompare={(pair) => change({ ...pair, history: undefined })}
          />
        }
        second={below}
      />
      <Acts file={file} act={act} onClose={() => setAct(undefined)} />
    </>
  );
}

export type Found = ReturnType<typeof useRows>["found"];

function useRows(file: TreeFile, drafts: boolean) {
  const found = useInfiniteQuery(versionRows(file.id, drafts));
  const { data: top } = useQuery({
    ...topQuery({ field: "version", file_id: [file.id], last: "30d" }),
    enabled: file.kind !== "dataset",
  });
  const rows = useMemo((): Row[] | undefined => {
    const of = figuresOf(top);
    return found.data?.pages.flatMap((page) => page.versions).map((version) => ({ version, figures: of(version.id) }));
  }, [found.data, top]);
  return { found, rows };
}
