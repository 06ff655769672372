// What the table of Files shows: what the server found, with the figures of the last day.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { TreeFile } from "../../api/queries/files";
import { type StatsFigures as Figures, figuresOf, type StatsSeries as Series } from "../../api/queries/stats";
import { figuresQuery, filesQuery, hoursQuery, isByFigure, type Search } from "./queries";

export interface FileRow {
  file: TreeFile;
  /** Of the last 24 h; undefined while it is not known. */
  figures: Figures | undefined;
  /** Calls and failures of each hour, the oldest first; of the Files with the most calls. */
  hours: { calls: number[]; failures: number[] } | undefined;
}

export function useFiles(search: Search) {
  const byFigure = isByFigure(search);
  const tree = useInfiniteQuery(filesQuery(search));
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
  const { data: top } = useQuery(figuresQuery(path));
  const { data: series } = useQuery(hoursQuery(path));
  return useMemo(() => {
    const of = figuresOf(top);
    const hours = new Map(series?.groups.map((group) => [group.value, hoursOf(series, group.points)]));
    return (id: string) => ({ figures: of(id), hours: hours.get(id) });
  }, [top, series]);
}

/** The calls and failures of every interval, also of those that the server leaves out because nothing was called. */
export function hoursOf(
  { from, to, bucket }: Pick<Series, "from" | "to" | "bucket">,
  points: Series["groups"][number]["points"],
) {
  const at = (time: string) => Math.floor(Date.parse(time) / 1000 / bucket);
  const empty = () => Array.from({ length: at(to) - at(from) + 1 }, () => 0);
  const out = { calls: empty(), failures: empty() };
  for (const { start, calls, failures } of points) {
    const i = at(start) - at(from);
    out.calls[i] = calls;
    out.failures[i] = failures;
  }
  return out;
}

/** By calls or failures; Files of which they are not known are last. */
export function sorted(rows: readonly FileRow[], by: "calls" | "failures", descending: boolean | undefined): FileRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (!a.figures || !b.figures) return Number(!a.figures) - Number(!b.figures);
    return sign * (a.figures[by] - b.figures[by]);
  });
}
