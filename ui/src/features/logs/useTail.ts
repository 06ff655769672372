// Logs as they are stored. While one reads, new ones gather; at the top they flow.
import { useCallback, useEffect, useRef, useState } from "react";
import { Failure, noAnswer } from "../../api/failure";
import { type LogFilter, type LogRow, tailLogs } from "../../api/queries/logs";
import { added, type Tail } from "./tail";

/** How often what came is shown, and how long is waited before a stream that ended is begun anew; in ms. */
const every = 250;
const pause = 2_000;

export interface Live extends Tail {
  /** Why the stream does not run now. It is tried again until it does. */
  failure: Failure | undefined;
  /** Shows those that gathered. */
  flow: () => void;
}

const nothing: Tail = { shown: [], gathered: [], skipped: 0 };

/** Follows the Logs of a filter while `on`. `top`: whether the first row is in sight. */
export function useTail(filter: LogFilter, on: boolean, top: boolean): Live {
  const [tail, setTail] = useState(nothing);
  const [failure, setFailure] = useState<Failure>();
  const atTop = useRef(top);
  useEffect(() => {
    atTop.current = top;
    if (top) setTail((before) => (before.gathered.length > 0 ? added(before, [], true) : before));
  }, [top]);
  const key = JSON.stringify(filter);
  useEffect(() => {
    setTail(nothing);
    setFailure(undefined);
    if (!on) return;
    const abort = new AbortController();
    let rows: LogRow[] = [];
    let skipped = 0;
    const timer = setInterval(() => {
      if (rows.length === 0 && skipped === 0) return;
      const came = { rows: rows.reverse(), skipped };
      rows = [];
      skipped = 0;
      setTail((before) => added(before, came.rows, atTop.current, came.skipped));
    }, every);
    const follow = async () => {
      while (!abort.signal.aborted) {
        try {
          for await (const event of tailLogs(JSON.parse(key) as LogFilter, abort.signal)) {
            setFailure(undefined);
            if (event.log) rows.push(event.log);
            skipped += event.skipped ?? 0;
          }
        } catch (cause) {
          if (!abort.signal.aborted) setFailure(cause instanceof Failure ? cause : noAnswer(cause));
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    void follow();
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [key, on]);
  const flow = useCallback(() => setTail((before) => added(before, [], true)), []);
  return { ...tail, failure, flow };
}
