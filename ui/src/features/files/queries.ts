// What the server is asked for by the table of Files.
import { type TreeFilter, treeQuery } from "../../api/queries/files";
import { seriesQuery, topQuery } from "../../api/queries/stats";
import type { FileListSearch as Search } from "../../routes";

export type { Search };
export type Order = NonNullable<Search["sort"]>;

/** The filters of an address. Calls and failures are ordered here: the server has them elsewhere. */
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

/** Whether the order is known only when all Files are here. */
export const isByFigure = ({ sort }: Search) => sort === "calls" || sort === "failures";

export const filesQuery = (search: Search) => treeQuery(filterOf(search), isByFigure(search) ? 5000 : 200);

/** The figures of the last day of the Files below a path. */
export const figuresQuery = (path: string | undefined) => topQuery({ field: "file", last: "24h", path, limit: 100 });

/** Their calls hour by hour; of those with the most calls. */
export const hoursQuery = (path: string | undefined) =>
  seriesQuery({ by: "file", last: "24h", bucket: "1h", groups: 50, path });
