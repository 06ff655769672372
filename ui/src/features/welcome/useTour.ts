import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { forbidden, me } from "../../api/queries/me";
import { recall, remember } from "../../lib/remember";
import { createTour, doneOf, firstVersion, type Log, type Step, type TourFile, tourFile, tourLogs } from "./tour";

export interface Tour {
  file: TourFile | undefined;
  logs: Log[];
  done: Record<Step, boolean>;
  /** Whether it is known what is done. */
  ready: boolean;
  /** Why the Prompt is not there and cannot be made. */
  why: string | undefined;
  error: unknown;
  retry: () => void;
  /** Takes note that a Log was opened. */
  see: () => void;
  /** Looks again now. */
  look: () => void;
}

const isTrue = (value: unknown): value is true => value === true;

/** What there is of the tour, as the API shows it again and again. Makes the Prompt if it is not there. */
export function useTour(): Tour {
  const queries = useQueryClient();
  const { data: who } = useQuery(me);
  const found = useQuery(tourFile);
  const file = found.data ?? undefined;
  const logs = useQuery({ ...tourLogs(file?.id ?? ""), enabled: !!file });
  const first = useQuery({ ...firstVersion(file?.id ?? ""), enabled: !!file });
  const [seen, setSeen] = useState(() => recall("tour.seen", isTrue) ?? false);
  const look = () => void queries.invalidateQueries({ queryKey: ["tour"] });
  const make = useMutation({ mutationFn: createTour, onSettled: look });
  const why = found.data === null ? forbidden(who?.role, "developer") : undefined;

  const missing = found.data === null && who !== undefined && !why;
  const { mutate, isIdle } = make;
  useEffect(() => {
    if (missing && isIdle) mutate();
  }, [missing, isIdle, mutate]);

  return {
    file,
    logs: logs.data ?? [],
    done: doneOf({ logs: logs.data ?? [], deployed: file?.deployed ?? [], first: first.data, seen }),
    ready: logs.isSuccess || !!why,
    why,
    error: file ? undefined : (found.error ?? make.error),
    retry: () => {
      make.reset();
      look();
    },
    see: () => {
      remember("tour.seen", true);
      setSeen(true);
    },
    look,
  };
}
