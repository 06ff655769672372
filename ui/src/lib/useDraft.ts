import { useCallback, useEffect, useState } from "react";
import { drafts } from "./drafts";

export interface DraftState<T> {
  /** What was typed, or else the initial value. Undefined until it is known whether there is a draft. */
  value: T | undefined;
  set: (value: T) => void;
  /** When the draft was written that this page goes on with; undefined if it began without one. */
  restored: number | undefined;
  /** Whether another tab of this browser has changed the same thing since. Both drafts are kept. */
  elsewhere: boolean;
  /** Forgets the draft, as after a save, and begins with the initial value again. */
  drop: () => Promise<void>;
}

/** A value that is kept as a draft at every change. The initial value is used while there is no draft; it never replaces one. */
export function useDraft<T>(key: string, initial: T): DraftState<T> {
  const [typed, setTyped] = useState<{ key: string; value: T | undefined; restored?: number } | undefined>();
  const [elsewhere, setElsewhere] = useState(false);

  useEffect(() => {
    let left = false;
    setElsewhere(false);
    drafts.load<T>(key).then((found) => {
      if (left) return;
      // What was typed while the draft was looked for is newer.
      setTyped((now) => (now?.key === key ? now : { key, value: found?.value, restored: found?.at }));
    });
    const stop = drafts.onElsewhere(key, () => setElsewhere(true));
    return () => {
      left = true;
      stop();
    };
  }, [key]);

  const set = useCallback(
    (value: T) => {
      setTyped((now) => ({ key, value, restored: now?.key === key ? now.restored : undefined }));
      void drafts.save(key, value);
    },
    [key],
  );
  const drop = useCallback(async () => {
    await drafts.drop(key);
    setTyped({ key, value: undefined });
    setElsewhere(false);
  }, [key]);

  const mine = typed?.key === key ? typed : undefined;
  return { value: mine ? (mine.value ?? initial) : undefined, set, restored: mine?.restored, elsewhere, drop };
}

/** Why drafts cannot be kept on this browser; undefined if they can. */
export function useDraftFault(): string | undefined {
  const [fault, setFault] = useState<string>();
  useEffect(() => drafts.onFault(setFault), []);
  return fault;
}
