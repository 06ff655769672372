import FileText from "lucide-react/icons/file-text";
import Folder from "lucide-react/icons/folder";
import { useCallback, useMemo, useState } from "react";
import { Button } from "../button";
import { CellMenu } from "../cell-menu";
import { Chips, type Filter } from "../chips";
import { Columns } from "../columns";
import { Drawer } from "../drawer";
import { Empty } from "../empty";
import { Status } from "../marks";
import { type Column, Table } from "../table";
import { Tree, type TreeNode } from "../tree";
import { Part } from "./part";

interface Item {
  id: string;
  n: number;
}

const make = (from: number, count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ id: `log_${from - i}`, n: from - i }));
const models = ["gpt-5", "gpt-5-mini", "claude-sonnet-4-5"];
const columns: Column<Item>[] = [
  {
    id: "time",
    name: "Time",
    head: "Time (UTC)",
    width: 150,
    cell: ({ n }) => new Date(1.79e12 + n * 777).toISOString().slice(0, 19).replace("T", " "),
  },
  {
    id: "status",
    name: "Status",
    width: 120,
    cell: ({ n }) => <Status state={n % 7 ? "good" : "bad"}>{n % 7 ? "complete" : "rate_limited"}</Status>,
  },
  { id: "model", name: "Model", width: 140, sortable: true, cell: ({ n }) => models[n % 3] },
  {
    id: "input",
    name: "Input",
    width: 160,
    grow: 2,
    cell: ({ n }) => <span className="cut">How do I change my address? {n}</span>,
  },
  {
    id: "output",
    name: "Output",
    width: 160,
    grow: 3,
    cell: ({ n }) => <span className="cut">Open Settings, then Account. Answer {n}</span>,
  },
  {
    id: "tokens",
    name: "Tokens",
    width: 80,
    align: "end",
    sortable: true,
    cell: ({ n }) => (n % 1000).toLocaleString("en-US"),
  },
];

export function Lists() {
  return (
    <>
      <LogsLike />
      <Part title="Table: loading, stale, empty" as="stack">
        <Still rows={undefined} />
        <Still rows={make(4, 4)} stale />
        <Still rows={[]} />
      </Part>
      <Part title="Tree">
        <Files />
      </Part>
    </>
  );
}

function LogsLike() {
  const [rows, setRows] = useState(() => make(100_000, 100_000));
  const [selected, setSelected] = useState<Set<string>>(new Set(["log_99999"]));
  const [open, setOpen] = useState<string>();
  const [filters, setFilters] = useState<Filter[]>([
    { name: "reason", value: "rate_limited" },
    { name: "model", value: "gpt-5", not: true },
  ]);
  const [text, setText] = useState("");
  const [shown, setShown] = useState(columns.map(({ id }) => id));
  const [menu, setMenu] = useState<DOMRect>();
  const there = useMemo(() => columns.filter(({ id }) => shown.includes(id)), [shown]);
  const onOpen = useCallback(({ id }: Item) => setOpen(id), []);
  return (
    <Part title="Chips, Columns, Table, Drawer" as="stack">
      <Chips
        label="Filter Logs"
        filters={filters}
        onChange={setFilters}
        text={text}
        onText={setText}
        placeholder="Filter or search"
        names={[
          { name: "reason", hint: "why it failed" },
          { name: "model", hint: "of the provider" },
          { name: "latency", hint: ">2s, <500ms" },
          { name: "meta", hint: "meta.key:value", open: true },
        ]}
        complete={async (_, typed) =>
          [...models, "rate_limited"]
            .filter((one) => one.includes(typed))
            .map((one) => ({ label: one, write: one, hint: "1.2k" }))
        }
      />
      <div className="gallery-row">
        <Columns all={columns} shown={shown} onChange={(next) => setShown(next ?? columns.map(({ id }) => id))} />
        <Button small onClick={() => setRows((before) => [...make((before[0]?.n ?? 0) + 10, 10), ...before])}>
          Ten rows arrive
        </Button>
        <span className="dim">{selected.size} selected</span>
      </div>
      <div className="gallery-frame" style={{ height: 420 }}>
        <Drawer
          name="gallery"
          label="Log"
          open={open !== undefined}
          onClose={() => setOpen(undefined)}
          head={<h3 className="mono">{open}</h3>}
          main={
            <Table
              label="Logs"
              name="gallery"
              rows={rows}
              rowKey={({ id }) => id}
              columns={there}
              open={open}
              onOpen={onOpen}
              onCursor={(row) => open && onOpen(row)}
              selected={selected}
              onSelect={setSelected}
              sort={{ id: "model", descending: true }}
              onSort={() => {}}
              onMenu={(_, __, at) => setMenu(at)}
              gathered={
                <Button small kind="main">
                  37 new
                </Button>
              }
            />
          }
        >
          <p style={{ padding: 16 }}>Details of {open}.</p>
        </Drawer>
      </div>
      <CellMenu
        at={menu}
        onClose={() => setMenu(undefined)}
        entries={[
          { label: "Only this value", onSelect: () => {} },
          { label: "Exclude this value", onSelect: () => {} },
        ]}
      />
    </Part>
  );
}

function Still({ rows, stale }: { rows: Item[] | undefined; stale?: boolean }) {
  return (
    <div className="gallery-frame" style={{ height: 180 }}>
      <Table
        label="Logs that stand still"
        rows={rows}
        rowKey={({ id }) => id}
        columns={columns}
        stale={stale}
        compact
        empty={<Empty action={<Button>Look at the last 7 days</Button>}>No Log in this hour.</Empty>}
      />
    </div>
  );
}

const roots: TreeNode[] = [
  {
    id: "support",
    label: "support",
    branch: true,
    children: [
      { id: "eu", label: "eu", branch: true, children: [{ id: "reply", label: "reply" }] },
      { id: "triage", label: "triage" },
      { id: "summary", label: "summary of a long conversation with a customer" },
    ],
  },
  { id: "tour", label: "tour", branch: true },
];

function Files() {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(["support"]));
  const [current, setCurrent] = useState("triage");
  const toggle = (node: TreeNode, on: boolean) => {
    const next = new Set(open);
    if (on) next.add(node.id);
    else next.delete(node.id);
    setOpen(next);
  };
  return (
    <div className="gallery-frame" style={{ width: 260, height: 200 }}>
      <Tree
        label="Files"
        roots={roots}
        open={open}
        onToggle={toggle}
        current={current}
        onSelect={({ id }) => setCurrent(id)}
        icon={({ branch }) => (branch ? <Folder size={16} aria-hidden /> : <FileText size={16} aria-hidden />)}
        end={({ id }) => (id === "triage" ? "1.2k" : null)}
      />
    </div>
  );
}
