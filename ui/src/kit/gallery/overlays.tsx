import Copy from "lucide-react/icons/copy";
import Ellipsis from "lucide-react/icons/ellipsis";
import GitCompare from "lucide-react/icons/git-compare";
import Trash from "lucide-react/icons/trash-2";
import { useState } from "react";
import { Banner } from "../banner";
import { Button, IconButton } from "../button";
import { Confirm, Dialog } from "../dialog";
import { Empty } from "../empty";
import { Field, Text } from "../field";
import { Menu, type MenuEntry } from "../menu";
import { Popover } from "../popover";
import { Skeleton } from "../skeleton";
import { Snippet } from "../snippet";
import { Tabs } from "../tabs";
import { toast } from "../toast";
import { Tooltip } from "../tooltip";
import { Part } from "./part";

const nothing = () => {};
const entries: MenuEntry[] = [
  { heading: "Version" },
  { label: "Compare to deployed", icon: <GitCompare size={16} aria-hidden />, keys: "v", onSelect: nothing },
  {
    label: "Copy as",
    icon: <Copy size={16} aria-hidden />,
    entries: ["curl", "Python", "TypeScript", "CLI"].map((label) => ({ label, onSelect: nothing })),
  },
  { label: "Deploy to production", why: "Needs the role admin; yours is developer.", onSelect: nothing },
  "line",
  { label: "Delete…", icon: <Trash size={16} aria-hidden />, danger: true, keys: "Del", onSelect: nothing },
];
const calls = {
  curl: 'curl http://127.0.0.1:8080/v5/prompts/call \\\n  -H "X-API-KEY: $OPENLOOP_API_KEY" \\\n  -d \'{"path":"tour/greeting"}\'',
  python: 'client.prompts.call(path="tour/greeting")',
  typescript: 'await client.prompts.call({ path: "tour/greeting" });',
  cli: "openloop call tour/greeting",
};

export function Overlays() {
  const [tab, setTab] = useState<"conversation" | "request" | "attempts">("conversation");
  return (
    <>
      <Floating />
      <Part title="Tabs" as="stack">
        <Tabs
          label="Log"
          value={tab}
          onChange={setTab}
          tabs={[
            { id: "conversation", label: "Conversation", content: <p>Messages.</p> },
            { id: "request", label: "Request", content: <p>Raw.</p> },
            { id: "attempts", label: "Attempts", count: 3, content: <p>Tries.</p> },
          ]}
        />
      </Part>
      <Part title="Banner" as="stack">
        <Banner actions={<Button small>See the diff</Button>} onClose={nothing}>
          anna saved a version while you edited. Your text is kept.
        </Banner>
        <Banner kind="good">Deployed to staging.</Banner>
        <Banner kind="warn">The server is stopping; what you type is kept here.</Banner>
        <Banner kind="bad" actions={<Button small>Try now</Button>}>
          The server has not answered since 14:03:05.
        </Banner>
      </Part>
      <Part title="Empty" as="stack">
        <Empty action={<Button kind="main">Open the tour</Button>} call={<Snippet code={calls} />}>
          No Log in this hour.
        </Empty>
      </Part>
      <Part title="Skeleton" as="grid">
        <Skeleton lines={4} />
        <Skeleton lines={3} rows />
        <Skeleton height={80} />
      </Part>
    </>
  );
}

function Floating() {
  const [open, setOpen] = useState(false);
  const [asks, setAsks] = useState(false);
  const [name, setName] = useState("shorter answers");
  return (
    <Part title="Menu, Popover, Tooltip, Dialog, Confirm, Toast">
      <Menu trigger={<Button>Actions</Button>} entries={entries} />
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
        entries={entries}
      />
      <Popover trigger={<Button>Columns</Button>} title="Columns">
        {(close) => <Button onClick={close}>Done</Button>}
      </Popover>
      <Tooltip text="12,431 tokens">
        <Button kind="quiet">12.4k</Button>
      </Tooltip>
      <Button onClick={() => setOpen(true)}>Save…</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Save a version"
        text="Callers get it when it is deployed."
        foot={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button kind="main" keys="mod enter">
              Save version
            </Button>
          </>
        }
      >
        <Field label="Name">
          <Text value={name} onChange={setName} />
        </Field>
      </Dialog>
      <Button kind="danger" onClick={() => setAsks(true)}>
        Delete…
      </Button>
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title="Delete support/triage?"
        verb="Delete File"
        danger
        word="triage"
        onConfirm={nothing}
      >
        14 versions and 12,431 Logs go with it. Nothing brings them back. It is deployed in production.
      </Confirm>
      <Button onClick={() => toast({ title: "Import is done", text: "2,000 Logs", kind: "good" })}>Toast</Button>
      <Button
        onClick={() =>
          toast({
            title: "Export failed",
            text: "The disk is full.",
            kind: "bad",
            action: { label: "See why", onSelect: nothing },
          })
        }
      >
        Toast of a failure
      </Button>
    </Part>
  );
}
