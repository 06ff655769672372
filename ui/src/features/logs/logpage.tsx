import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { logQuery } from "../../api/queries/log";
import { shortId } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { usePage } from "../../lib/page";
import { type Asked, useLogActions } from "./actions";
import { Dialogs } from "./dialogs";
import { factsOf } from "./log";
import { LogHead } from "./loghead";
import { LogView } from "./logview";
import "./logs.css";

const route = getRouteApi("/logs/$id");

/** A Log as a page. */
export function LogPage() {
  const { id } = route.useParams();
  const { tab = "conversation" } = route.useSearch();
  const change = route.useNavigate();
  const navigate = useNavigate();
  const { data } = useQuery(logQuery(id));
  usePage(`Log ${shortId(id)}`, [{ label: "Logs", to: "/logs" }, { label: shortId(id) }]);
  const [asked, ask] = useState<Asked>();
  const setTab = (next: typeof tab) =>
    change({ search: { tab: next === "conversation" ? undefined : next }, replace: true });
  const actions = useLogActions(factsOf(id, undefined, data), { ask, feedback: () => setTab("judgments") });
  useKeys("This Log", actions);
  return (
    <div className="logpage">
      <div className="logpage-head">
        <LogHead id={id} />
      </div>
      <LogView id={id} tab={tab} onTab={setTab} actions={actions.filter((one) => one.id !== "page")} />
      <Dialogs asked={asked} ask={ask} onDeleted={() => navigate({ to: "/logs" })} />
    </div>
  );
}
