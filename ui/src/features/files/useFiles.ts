// What the table of Files shows: what the server found, with the figures of the last day.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type TreeFile, type TreeFilter, treeQuery } from "../../api/queries/files";
import { type StatsFigures as Figures, figuresOf, seriesQuery, topQuery } from "../../api/queries/stats";
import type { files } from "../../routes";

export type Search = ReturnType<typeof files.useSearch>;
export type Order = NonNullable<Search["sort"]>;

export interface FileRow {
  file: TreeFile;
  /** Of the last 24 h; undefined while it is not known. */
  figures: Figures | undefined;
  /** Calls and failures of each hour, the oldest first; of the Files with the most calls. */
  hours: { calls: number[]; failures: number[] } | undefined;
}

/** What the server is asked for. Calls and failures are ordered here: the server has them elsewhere. */
export function filterOf({ dir, q, type, env, tag, differs, sort, desc }: Search): TreeFilter {
  return {
    directory: dir,
    q,
    kind: type && [type],
    environment: env,
    tag: tag ? [tag] : undefined,
    differs: differs || undefined,
    sort: sort === "updated" ? "updated_at" : "path",
    order: desc && (sort === "updated" || sort === "name" || !sort) ? "desc" : "asc",
  };
}

export function useFiles(search: Search) {
  const tree = useInfiniteQuery(treeQuery(filterOf(search)));
  const byFigure = search.sort === "calls" || search.sort === "failures";
  const { hasNextPage, isFetching, fetchNextPage } = tree;
  useEffect(() => {
    if (byFigure && hasNextPage && !isFetching) void fetchNextPage();
  }, [byFigure, hasNextPage, isFetching, fetchNextPage]);
  const figures = useFigures(search.dir);
  const rows = useMemo(() => {
    const found = tree.data?.pages.flatMap((page) => page.files).map((file) => ({ file, ...figures(file.id) }));
    if (search.sort !== "calls" && search.sort !== "failures") return found;
    return found && sorted(found, search.sort, search.desc);
  }, [tree.data, figures, search.sort, search.desc]);
  return { tree, rows, total: tree.data?.pages[0]?.total };
}

function useFigures(path: string | undefined) {
  const { data: top } = useQuery(topQuery({ field: "file", last: "24h", path }));
  const { data: series } = useQuery(seriesQuery({ by: "file", last: "24h", bucket: "1h", groups: 50, path }));
  return useMemo(() => {
    const of = figuresOf(top);
    const hours = new Map(
      series?.groups.map(({ value, points }) => [
        value,
        { calls: points.map(({ calls }) => calls), failures: points.map(({ failures }) => failures) },
      ]),
    );
    return (id: string) => ({ figures: of(id), hours: hours.get(id) });
  }, [top, series]);
}

/** By calls or failures; Files of which they are not known are last. */
export function sorted(rows: readonly FileRow[], by: "calls" | "failures", descending: boolean | undefined): FileRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (!a.figures || !b.figures) return Number(!a.figures) - Number(!b.figures);
    return sign * (a.figures[by] - b.figures[by]);
  });
}
