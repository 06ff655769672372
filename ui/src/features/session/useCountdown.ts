import { useEffect, useState } from "react";

/** The whole seconds that are left of so many; 0 without any. It begins again whenever `of` is another. */
export function useCountdown(seconds: number | undefined, of: unknown): number {
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another failure begins another countdown, also of as many seconds
  useEffect(() => {
    const end = Date.now() + (seconds ?? 0) * 1000;
    const show = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    show();
    if (!seconds) return;
    const timer = setInterval(show, 250);
    return () => clearInterval(timer);
  }, [seconds, of]);
  return left;
}
