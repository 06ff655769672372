import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Change } from "../../api/queries/changes";
import { seriesQuery, statusQuery } from "../../api/queries/stats";
import { workspaceQuery } from "../../api/queries/workspace";
import { Banner } from "../../kit/banner";
import type { SeriesMark } from "../../kit/series";
import { useKeys } from "../../lib/keys";
import { usePage } from "../../lib/page";
import { usePrefs } from "../../lib/prefs";
import { asked, defaultLast, type Range, ranges } from "../../lib/range";
import { Traffic } from "../../parts/traffic";
import { Changes } from "./changes";
import { Dearest, Slowest } from "./extremes";
import { Failures } from "./failures";
import { Figures } from "./figures";
import { Health } from "./health";
import { often } from "./often";
import { changesIn } from "./queries";
import { Spend } from "./spend";
import { Tile } from "./tile";
import "./home.css";

const route = getRouteApi("/");

/** What a person on duty wants to know in one look. */
export function Home() {
  usePage("Home");
  const { by, ...range } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (next: Range) => void navigate({ to: "/", search: { ...next, by } });
  useKeys(
    "Home",
    ranges.map(({ last, label }, i) => ({
      keys: `${i + 1}`,
      does: `Show the ${label.toLowerCase()}`,
      run: () => choose({ last: last === defaultLast ? undefined : last }),
    })),
  );
  const series = useQuery({ ...seriesQuery(asked(range)), ...often });
  const changes = useQuery({ ...changesIn(range), ...often });
  const empty = useEmpty();
  return (
    <div className="home">
      <h1 className="unseen">Home</h1>
      {empty && (
        <Banner>
          Nothing was called yet. <Link to="/welcome">The first minute</Link> shows how, without a key of any provider.
        </Banner>
      )}
      {series.data?.complete === false && (
        <Banner>Logs from before the last upgrade are still being counted: figures of the past will grow.</Banner>
      )}
      <Figures query={series} />
      <Tile title="Calls" query={series} className="traffic" lines={6}>
        {(data) => (
          <Traffic
            data={data}
            marks={marksOf(changes.data?.changes)}
            stale={series.isPlaceholderData}
            onRange={(from, to) => choose({ from, to })}
          />
        )}
      </Tile>
      <div className="home-columns">
        <div className="home-column">
          <Failures range={range} />
          <Slowest range={range} />
          <Dearest range={range} />
        </div>
        <div className="home-column">
          <Health />
          <Spend range={range} by={by} />
          <Changes query={changes} />
        </div>
      </div>
    </div>
  );
}

/** The deployments among changes, as marks of a chart. */
const marksOf = (changes: readonly Change[] = []): SeriesMark[] =>
  changes
    .filter(({ action }) => action === "deploy")
    .map(({ at, by, file, version_id = "", version_name, environment }) => ({
      at: Date.parse(at),
      label: `${by?.name ?? "Somebody"} deployed ${version_name || version_id} of ${file.path} to ${environment ?? "an environment"}`,
    }));

let led = false; // to the first minute, once, so that it can be left

/** A workspace without Files leads to the first minute, unless that was put away. Returns whether nothing was called yet. */
function useEmpty(): boolean {
  const navigate = route.useNavigate();
  const { welcomed } = usePrefs();
  const { data: status } = useQuery(statusQuery);
  const { data: files } = useQuery({ ...workspaceQuery, enabled: !welcomed && !led });
  useEffect(() => {
    if (files !== 0 || welcomed || led) return;
    led = true;
    void navigate({ to: "/welcome", replace: true });
  }, [files, welcomed, navigate]);
  return status?.logs.count === 0;
}
