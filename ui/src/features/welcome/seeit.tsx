import { useNavigate } from "@tanstack/react-router";
import { Button } from "../../kit/button";
import { Time } from "../../kit/figures";
import { Status } from "../../kit/marks";
import { useKeys } from "../../lib/keys";
import type { StepProps } from "./part";

/** The Logs of the calls before, of which one is to be opened. */
export function SeeIt({ tour }: StepProps) {
  const navigate = useNavigate();
  const { logs, see } = tour;
  const log = logs.find(({ status }) => status === "failed") ?? logs[0];
  const open = () => {
    if (!log) return;
    see();
    void navigate({ to: "/logs/$id", params: { id: log.id } });
  };
  useKeys("This step", [{ keys: "mod+Enter", does: "Open the Log", run: open }], 2);
  if (!log) return <p>Every call leaves a Log. There is none yet: run step 1 or 2 first.</p>;
  return (
    <>
      <p>
        Every call leaves a Log: what was asked, what was answered, each try, tokens, cost and time. Come back with the
        browser’s Back.
      </p>
      <div className="welcome-run">
        <Status state={log.status === "failed" ? "bad" : "good"}>
          <span className="mono">{log.id}</span>, <Time at={log.created_at} />
        </Status>
        <Button kind="main" keys="mod enter" onClick={open}>
          Open the Log
        </Button>
      </div>
    </>
  );
}
