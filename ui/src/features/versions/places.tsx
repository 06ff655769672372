import { useQuery } from "@tanstack/react-query";
import Ellipsis from "lucide-react/icons/ellipsis";
import History from "lucide-react/icons/history";
import { environments } from "../../api/queries/environments";
import type { TreeFile } from "../../api/queries/files";
import { forbidden, me } from "../../api/queries/me";
import { deploymentsQuery } from "../../api/queries/versions";
import { Button, IconButton } from "../../kit/button";
import { Switch } from "../../kit/check";
import { Time } from "../../kit/figures";
import { Env, Version } from "../../kit/marks";
import { Menu, type MenuEntry } from "../../kit/menu";
import type { VersionAct } from "./acts";

interface Props {
  file: TreeFile;
  onAct: (act: VersionAct) => void;
  history: boolean;
  onHistory: (on: boolean) => void;
  drafts: boolean;
  onDrafts: (on: boolean) => void;
}

/** What each environment has now, and ways to change that. */
export function Places({ file, onAct, history, onHistory, drafts, onDrafts }: Props) {
  const { data = [] } = useQuery(environments);
  return (
    <div className="versions-bar">
      <ul className="versions-places" aria-label="Deployed">
        {data.map(({ id, name, tag }) => (
          <li key={id}>
            <Env name={name} main={tag === "default"} />
            <Place file={file} environment={id} onAct={onAct} />
          </li>
        ))}
      </ul>
      <span className="versions-space" />
      <Switch label="Made by calls" checked={drafts} onChange={onDrafts} />
      <Button
        kind="quiet"
        icon={<History size={16} aria-hidden />}
        aria-pressed={history}
        onClick={() => onHistory(!history)}
      >
        History
      </Button>
    </div>
  );
}

function Place({ file, environment, onAct }: { file: TreeFile; environment: string; onAct: Props["onAct"] }) {
  const { data } = useQuery(me);
  const { data: changes = [] } = useQuery(deploymentsQuery(file.id));
  const there = file.deployed.find(({ environment_id }) => environment_id === environment);
  if (!there) return <span className="dim">nothing</span>;
  const why = forbidden(data?.role, "developer");
  const last = changes.find((change) => change.environment_id === environment);
  const before = last?.replaced_version_id;
  const entries: MenuEntry[] = [
    {
      label: "Roll back…",
      hint: before ? `to ${last?.replaced_version_name || before}` : undefined,
      why: why ?? (before ? undefined : "Nothing was deployed there before."),
      onSelect: () =>
        before &&
        onAct({ verb: "deploy", version: { id: before, name: last?.replaced_version_name }, environment, back: true }),
    },
    "line",
    { label: "Remove…", danger: true, why, onSelect: () => onAct({ verb: "remove", there }) },
  ];
  return (
    <>
      <Version id={there.version_id} name={there.version_name} />
      <span className="dim versions-since">
        <Time at={there.deployed_at} /> {there.deployed_by?.name && `by ${there.deployed_by.name}`}
      </span>
      <Menu
        trigger={
          <IconButton small label={`More for ${there.environment}`}>
            <Ellipsis size={14} aria-hidden />
          </IconButton>
        }
        entries={entries}
      />
    </>
  );
}
