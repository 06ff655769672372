// A Log, in the drawer and as a page.
import { useQuery } from "@tanstack/react-query";
import Ellipsis from "lucide-react/icons/ellipsis";
import { memo } from "react";
import { type Log, logQuery } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import { Attempts } from "../../kit/attempts";
import { Button, IconButton } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Menu, type MenuEntry } from "../../kit/menu";
import { Skeleton } from "../../kit/skeleton";
import { type Tab, Tabs } from "../../kit/tabs";
import { ways } from "../../lib/keys";
import { useEvent } from "../../lib/useEvent";
import { FaultOf, FaultOfError } from "../../parts/fault";
import type { Action } from "./actions";
import type { LogTab } from "./address";
import { Conversation } from "./conversation";
import { Details } from "./details";
import { useStable } from "./hooks";
import { Judgments } from "./judgments";
import { factsOf } from "./log";
import { LogFigures } from "./loghead";
import { Raw } from "./raw";
import { TraceTab } from "./tracetab";

interface Props {
  id: string;
  row?: LogRow;
  tab: LogTab;
  onTab: (tab: LogTab) => void;
  actions: readonly Action[];
}

export function LogView({ id, row, tab, onTab, actions }: Props) {
  const { data: log, error, refetch } = useQuery(logQuery(id));
  const facts = factsOf(id, row, log);
  return (
    <div className="logview">
      <div className="logview-top">
        <LogFigures facts={facts} />
        <Actions actions={actions} />
        {log?.detail && (
          <FaultOf
            detail={log.detail}
            noLog
            onRetry={actions.find((one) => one.id === "editor" && !one.why)?.run as (() => void) | undefined}
            retry="Open in editor"
          />
        )}
        {log?.error && !log.detail && <p className="logview-error">{log.error}</p>}
      </div>
      {error && !log ? (
        <div className="logview-top">
          <FaultOfError error={error} onRetry={() => void refetch()} />
        </div>
      ) : log ? (
        <Tabs label="Parts of the Log" value={tab} onChange={onTab} tabs={tabsOf(log)} fill />
      ) : (
        <div className="logview-top" aria-busy="true">
          <Skeleton lines={8} />
        </div>
      )}
    </div>
  );
}

function tabsOf(log: Log): Tab<LogTab>[] {
  const attempts = log.attempts ?? [];
  const judged = log.evaluator_logs.length;
  return [
    { id: "conversation", label: "Conversation", content: () => <Conversation log={log} /> },
    {
      id: "request",
      label: "Request",
      content: () => <Raw id={log.id} part="request" />,
    },
    {
      id: "response",
      label: "Response",
      content: () => <Raw id={log.id} part="response" />,
    },
    {
      id: "attempts",
      label: "Attempts",
      count: attempts.length > 1 ? attempts.length : undefined,
      content: () =>
        attempts.length > 0 ? (
          <div className="logview-pad">
            <Attempts attempts={attempts.map((one) => ({ ...one, wait_ms: one.waited_ms }))} />
          </div>
        ) : (
          <Empty>There was one attempt; what it took is above.</Empty>
        ),
    },
    { id: "trace", label: "Trace", content: () => <TraceTab id={log.id} /> },
    {
      id: "judgments",
      label: "Judgments",
      count: judged > 0 ? judged : undefined,
      content: () => <Judgments log={log} />,
    },
    { id: "details", label: "Details", content: () => <Details log={log} /> },
  ];
}

type Shown = Omit<Action, "run">;

// What the buttons say is alike for most Logs, so these stay while one goes from Log to Log.
function Actions({ actions }: { actions: readonly Action[] }) {
  const run = useEvent((id: Action["id"]) => void actions.find((one) => one.id === id)?.run());
  return <Buttons actions={useStable(actions.map(({ run: _, ...shown }): Shown => shown))} run={run} />;
}

const Buttons = memo(function Buttons({ actions, run }: { actions: Shown[]; run: (id: Action["id"]) => void }) {
  const shown = actions.filter(({ id }) => id === "editor" || id === "replay" || id === "dataset" || id === "feedback");
  const rest = actions.filter((one) => !shown.includes(one));
  return (
    <div className="logview-actions" role="toolbar" aria-label="What to do with the Log">
      {shown.map(({ id, does, keys, why }) => (
        <Button key={id} small keys={keys} why={why} onClick={() => run(id)}>
          {short[id] ?? does}
        </Button>
      ))}
      <Menu
        align="end"
        trigger={
          <IconButton small label="More to do with the Log">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
        entries={rest.map((one) => entryOf(one, run))}
      />
    </div>
  );
});

const short: Partial<Record<Action["id"], string>> = {
  replay: "Replay with…",
  dataset: "Add to Dataset",
  feedback: "Feedback",
};

const entryOf = (action: Shown, run: (id: Action["id"]) => void): MenuEntry => ({
  label: action.does,
  keys: ways(action)[0]?.replace("+", " "),
  why: action.why,
  danger: action.id === "delete",
  onSelect: () => run(action.id),
});
