import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { recall, remember } from "../lib/remember";
import "./split.css";

interface Props {
  /** The size is remembered under this name. */
  name: string;
  /** Names the handle: "Width of the Log". */
  label: string;
  first: ReactNode;
  /** Undefined: the first pane has it all. */
  second: ReactNode | undefined;
  /** The second pane's size in px until it is changed, and the least sizes of both. */
  size?: number;
  min?: number;
  minFirst?: number;
  /** Below each other, instead of side by side. */
  below?: boolean;
  /** The size is that of the first pane. */
  ofFirst?: boolean;
}

const isSize = (value: unknown): value is number => typeof value === "number" && value > 0;

/** Two panes with a handle between them: dragged, moved by arrow keys (Shift: farther), put back by a double press or Enter. */
export function Split({ name, label, first, second, size = 480, min = 280, minFirst = 320, below, ofFirst }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [kept, setKept] = useState(() => recall(`split.${name}`, isSize) ?? size);
  const most = () =>
    Math.max(min, ((below ? place.current?.clientHeight : place.current?.clientWidth) ?? 10_000) - minFirst);
  const set = (px: number) => {
    const next = Math.round(Math.min(most(), Math.max(min, px)));
    setKept(next);
    remember(`split.${name}`, next);
  };
  const sign = ofFirst ? 1 : -1;

  const drag = (down: PointerEvent<HTMLDivElement>) => {
    const handle = down.currentTarget;
    const at = (event: { clientX: number; clientY: number }) => (below ? event.clientY : event.clientX);
    const start = Math.min(kept, most()) - sign * at(down);
    handle.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent) => set(start + sign * at(event));
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by) set(Math.min(kept, most()) + sign * by * (event.shiftKey ? 96 : 16));
    else if (event.key === "Home") set(ofFirst ? min : most());
    else if (event.key === "End") set(ofFirst ? most() : min);
    else if (event.key === "Enter") set(size);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={place}
      className={`split ${below ? "split-below" : "split-beside"}`}
      data-alone={second === undefined || undefined}
      data-of={ofFirst ? "first" : "second"}
      style={{ "--size": `${kept}px`, "--min": `${min}px`, "--min-first": `${minFirst}px` } as CSSProperties}
    >
      <div className="split-pane">{first}</div>
      {second !== undefined && (
        <>
          <div
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={below ? "horizontal" : "vertical"}
            aria-valuenow={kept}
            aria-valuemin={min}
            aria-valuemax={Math.max(kept, 4000)}
            aria-valuetext={`${kept} px`}
            className="split-handle"
            onPointerDown={drag}
            onDoubleClick={() => set(size)}
            onKeyDown={press}
          />
          <div className="split-pane">{second}</div>
        </>
      )}
    </div>
  );
}
