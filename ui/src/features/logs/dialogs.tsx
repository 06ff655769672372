// The questions that stand over the screen.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { logQuery } from "../../api/queries/log";
import { deleteLogs } from "../../api/queries/logs";
import { Confirm, Dialog } from "../../kit/dialog";
import { Skeleton } from "../../kit/skeleton";
import { Snippet } from "../../kit/snippet";
import { plural, shortId } from "../../lib/format";
import { later } from "../../lib/later";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import type { Asked } from "./actions";
import { callOf, codeOf } from "./calls";

const DatasetDialog = later(() => import("./dataset").then((part) => part.DatasetDialog));
const ReplayDialog = later(() => import("./replay").then((part) => part.ReplayDialog));

interface Props {
  asked: Asked | undefined;
  ask: (asked: Asked | undefined) => void;
  onDeleted: (ids: readonly string[]) => void;
}

export function Dialogs({ asked, ask, onDeleted }: Props) {
  const close = () => ask(undefined);
  if (!asked) return null;
  const { dialog, logs } = asked;
  const [only] = logs;
  if (dialog === "delete") return <Delete logs={logs} onClose={close} onDeleted={onDeleted} />;
  if (dialog === "dataset") return <DatasetDialog ids={logs.map(({ id }) => id)} onClose={close} />;
  if (dialog === "replay" && only?.file) return <ReplayDialog log={only.id} file={only.file.id} onClose={close} />;
  return only ? <CallDialog id={only.id} onClose={close} /> : null;
}

function Delete({ logs, onClose, onDeleted }: { logs: Asked["logs"]; onClose: () => void } & Pick<Props, "onDeleted">) {
  const [error, setError] = useState<unknown>();
  const ids = logs.map(({ id }) => id);
  const below = logs.reduce((all, { children = 0 }) => all + children, 0);
  const confirm = async () => {
    try {
      await deleteLogs(ids);
    } catch (cause) {
      setError(cause);
      throw cause;
    }
    onDeleted(ids);
  };
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={ids.length === 1 ? `Delete the Log ${shortId(ids[0] ?? "")}?` : `Delete ${plural(ids.length, "Log")}?`}
      verb={`Delete ${plural(ids.length, "Log")}`}
      danger
      onConfirm={confirm}
      error={error !== undefined && <FaultOfError error={error} small />}
      more={<AsCall of={() => deleteLogs(ids)} />}
    >
      <p>
        {below > 0
          ? `${plural(below, "Log")} directly below ${ids.length === 1 ? "it" : "them"}, and all further below, ${below === 1 ? "goes" : "go"} along. `
          : "No Log is below in a trace. "}
        Judgments of {ids.length === 1 ? "it" : "them"} go too. This cannot be undone.
      </p>
    </Confirm>
  );
}

function CallDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error } = useQuery(logQuery(id));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="The call of this Log"
      text="It asks the same again. The key is a variable of the environment."
      size="wide"
    >
      {data ? <Snippet code={codeOf(callOf(data))} /> : error ? <FaultOfError error={error} /> : <Skeleton lines={6} />}
    </Dialog>
  );
}
