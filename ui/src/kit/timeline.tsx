import { useVirtualizer } from "@tanstack/react-virtual";
import ChevronRight from "lucide-react/icons/chevron-right";
import { type CSSProperties, type KeyboardEvent, memo, type ReactNode, useEffect, useId, useRef } from "react";
import { span } from "../lib/format";
import { useNarrow } from "./media";
import { ticks } from "./scale";
import "./timeline.css";

/** A part of a span: work, a failed try, or a wait between tries. */
export interface TimelineSegment {
  from: number; // seconds from the beginning of the timeline
  to: number;
  kind: "run" | "failed" | "wait";
  /** Shown on hover: "try 1: rate_limited". */
  title?: string;
}

export interface TimelineRow {
  id: string;
  /** From 1. */
  level: number;
  /** Undefined: it has no children. */
  open?: boolean;
  label: ReactNode;
  /** At the right end of the label's column: time, cost. */
  end?: ReactNode;
  from: number; // seconds from the beginning
  to: number;
  failed?: boolean;
  /** Its parts, if it has several; else it is one. */
  segments?: readonly TimelineSegment[];
  /** On the path that the whole waited for. */
  critical?: boolean;
}

interface Props {
  /** Names it. */
  label: string;
  /** Those seen, in order; of closed ones no children. Rows should stay the same objects while they are the same. */
  rows: readonly TimelineRow[];
  /** The length of the whole in seconds. */
  length: number;
  current?: string;
  /** The cursor came to a row. */
  onSelect: (id: string) => void;
  /** Enter, o, or a press on a row. */
  onOpen?: (id: string) => void;
  onToggle: (id: string, open: boolean) => void;
  /** Other keys. True: the key is used up. */
  onKey?: (event: KeyboardEvent, id: string) => boolean;
  /** The last rows come into sight. */
  onEnd?: () => void;
  /** Without the times: a tree alone. */
  bare?: boolean;
}

const height = 28;

/** Spans as a tree beside their times. Arrows, j and k move; → and ← open and close branches; any number of spans. */
export function Timeline({ label, rows, length, current, onSelect, onOpen, onToggle, onKey, onEnd, bare }: Props) {
  const id = useId();
  const narrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const at = rows.findIndex((row) => row.id === current);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: height,
    scrollPaddingStart: height,
  });
  const last = virtual.range?.endIndex ?? 0;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) end.current?.();
  }, [last, rows.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another current span moves the sight.
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [current]);

  const go = (to: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
    if (row) onSelect(row.id);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    const parent = () => rows.findLastIndex((other, i) => i < at && other.level < (row?.level ?? 0));
    if (event.key === "ArrowDown" || event.key === "j") go(at + 1);
    else if (event.key === "ArrowUp" || event.key === "k") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (row && event.key === "ArrowRight" && row.open !== undefined) {
      if (row.open) go(at + 1);
      else onToggle(row.id, true);
    } else if (row && event.key === "ArrowLeft") {
      if (row.open) onToggle(row.id, false);
      else if (parent() >= 0) go(parent());
    } else if (row && onOpen && (event.key === "Enter" || event.key === "o")) onOpen(row.id);
    else if (!row || !onKey?.(event, row.id)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const steps = length > 0 ? ticks(length, narrow ? 2 : 5).filter((second) => second <= length * 0.8) : [0];
  return (
    <div
      ref={scroller}
      role="treegrid"
      aria-label={label}
      aria-rowcount={rows.length}
      tabIndex={0}
      className="timeline"
      data-bare={bare || undefined}
      aria-activedescendant={at >= 0 ? `${id}-${current}` : undefined}
      onKeyDown={press}
      onClick={(event) => {
        const target = event.target as Element;
        const index = Number(target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
        const row = rows[index];
        if (!row) return;
        if (target.closest(".timeline-arrow") && row.open !== undefined) onToggle(row.id, !row.open);
        else {
          onSelect(row.id);
          onOpen?.(row.id);
        }
      }}
    >
      {!bare && (
        <div className="timeline-head" aria-hidden="true">
          <span />
          <div className="timeline-axis">
            {steps.map((second) => (
              <span key={second} style={{ left: `${length > 0 ? (second / length) * 100 : 0}%` }}>
                {second === 0 ? "0" : span(second)}
              </span>
            ))}
          </div>
        </div>
      )}
      <div className="timeline-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index }) => {
          const row = rows[index];
          return (
            row && (
              <Line
                key={row.id}
                id={`${id}-${row.id}`}
                row={row}
                index={index}
                length={length}
                current={row.id === current}
                bare={bare}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface LineProps {
  id: string;
  row: TimelineRow;
  index: number;
  length: number;
  current: boolean;
  bare?: boolean;
}

const Line = memo(function Line({ id, row, index, length, current, bare }: LineProps) {
  const part = (seconds: number) => `${length > 0 ? (seconds / length) * 100 : 0}%`;
  const whole: TimelineSegment = { from: row.from, to: row.to, kind: row.failed ? "failed" : "run" };
  const segments = row.segments ?? [whole];
  return (
    <div
      id={id}
      role="row"
      aria-level={row.level}
      aria-expanded={row.open}
      aria-selected={current}
      aria-rowindex={index + 1}
      data-index={index}
      className="timeline-row"
      style={{ transform: `translateY(${index * height}px)`, "--level": row.level } as CSSProperties}
    >
      <div role="gridcell" className="timeline-label">
        <span className="timeline-arrow">{row.open !== undefined && <ChevronRight size={14} aria-hidden />}</span>
        <span className="timeline-name">{row.label}</span>
        {row.end && <span className="timeline-end">{row.end}</span>}
      </div>
      {!bare && (
        <div role="gridcell" className="timeline-lane" data-critical={row.critical || undefined}>
          <span className="unseen">
            from {span(row.from)}, {span(row.to - row.from)}
          </span>
          {segments.map(({ from, to, kind, title }) => (
            <i
              key={`${from} ${kind}`}
              data-kind={kind}
              title={title}
              style={{ left: part(from), width: `max(2px, ${part(to - from)})` }}
            />
          ))}
        </div>
      )}
    </div>
  );
});
