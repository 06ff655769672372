import { useMemo, useState } from "react";
import { plural } from "../../lib/format";
import { Bars } from "../bars";
import { Money } from "../figures";
import { KindIcon } from "../marks";
import { Series } from "../series";
import { Spark } from "../spark";
import { Timeline, type TimelineRow } from "../timeline";
import { Part } from "./part";

const hour = 3_600_000;
const buckets = Array.from({ length: 48 }, (_, i) => Date.UTC(2026, 10, 28) + i * hour);
const good = buckets.map((_, i) => Math.round(200 + 150 * Math.sin(i / 5) + ((i * 37) % 60)));
const bad = buckets.map((_, i) => (i % 11 === 3 ? 60 : i % 5));

export function Charts() {
  const [range, setRange] = useState("");
  return (
    <>
      <Part title="Series" as="stack">
        <Series
          label="Calls"
          buckets={buckets}
          bucket={hour}
          series={[
            { name: "good", colour: "var(--series-1)", values: good },
            { name: "failed", colour: "var(--bad)", values: bad },
          ]}
          summary="11,204 calls, 312 failed, most at 14:00"
          marks={[{ at: buckets[20] ?? 0, label: "anna deployed prv_8f3k to production" }]}
          onRange={(from, to) => setRange(`${new Date(from).toISOString()} to ${new Date(to).toISOString()}`)}
        />
        <p className="dim" id="range">
          {range || "No range is chosen."}
        </p>
      </Part>
      <Part title="Spark">
        <Spark values={good.slice(0, 24)} failed={bad.slice(0, 24)} label="4,912 calls in 24 h, 148 failed" />
        <Spark values={Array(24).fill(0)} label="No calls in 24 h" />
      </Part>
      <Part title="Bars" as="grid">
        <Bars
          label="Spend by model"
          all={20.2}
          bars={[
            { id: "a", label: "openai/gpt-5", value: 12.3, said: <Money value={12.3} /> },
            {
              id: "b",
              label: "anthropic/claude-sonnet-4-5",
              value: 7.8,
              said: <Money value={7.8} />,
              colour: "var(--series-2)",
            },
            { id: "c", label: "mock/echo", value: 0.1, said: <Money value={0.1} />, colour: "var(--series-3)" },
          ]}
        />
      </Part>
      <Spans />
    </>
  );
}

function Spans() {
  const [current, setCurrent] = useState<string>("s3");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => make(closed), [closed]);
  return (
    <Part title={`Timeline: ${plural(rows.length, "span")}`} as="stack">
      <div className="gallery-frame" style={{ height: 280 }}>
        <Timeline
          label="Trace"
          rows={rows}
          length={60}
          current={current}
          onSelect={setCurrent}
          onToggle={(id, open) => {
            const next = new Set(closed);
            if (open) next.delete(id);
            else next.add(id);
            setClosed(next);
          }}
        />
      </div>
    </Part>
  );
}

function make(closed: ReadonlySet<string>): TimelineRow[] {
  const out: TimelineRow[] = [
    {
      id: "s0",
      level: 1,
      open: !closed.has("s0"),
      label: <Name kind="flow" text="support/answer" />,
      end: "60 s",
      from: 0,
      to: 60,
      critical: true,
    },
  ];
  if (closed.has("s0")) return out;
  for (let i = 1; i < 10_000; i++) {
    const from = (i / 10_000) * 50;
    const retried = i % 9 === 3;
    out.push({
      id: `s${i}`,
      level: 2 + (i % 3),
      label: <Name kind={i % 2 ? "prompt" : "tool"} text={i % 2 ? "support/triage" : "look_up"} />,
      end: "1.2 s",
      from,
      to: from + 4,
      segments: retried
        ? [
            { from, to: from + 1, kind: "failed", title: "try 1: rate_limited" },
            { from: from + 1, to: from + 2, kind: "wait" },
            { from: from + 2, to: from + 4, kind: "run", title: "try 2" },
          ]
        : undefined,
    });
  }
  return out;
}

function Name({ kind, text }: { kind: "flow" | "prompt" | "tool"; text: string }) {
  return (
    <>
      <KindIcon kind={kind} size={14} />
      <span className="cut">{text}</span>
    </>
  );
}
