// The history of deployments as lanes: what each environment had, and for how long.
import type { DeploymentChange } from "../../api/queries/versions";

export interface Stay {
  version: { id: string; name?: string };
  from: number; // ms since 1970
  /** Undefined: it is still there. */
  to?: number;
  change: DeploymentChange;
}

export interface Lane {
  environment: string;
  stays: Stay[]; // the oldest first
}

/** One lane for each environment of the changes, which come with the newest first. */
export function lanesOf(changes: readonly DeploymentChange[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const change of changes.toReversed()) {
    const { environment_id, environment, version_id, version_name } = change;
    const lane = lanes.get(environment_id) ?? { environment, stays: [] };
    lane.environment = environment;
    const at = Date.parse(change.at);
    const last = lane.stays.at(-1);
    if (last && last.to === undefined) last.to = at;
    if (change.action === "deploy" && version_id)
      lane.stays.push({ version: { id: version_id, name: version_name }, from: at, change });
    lanes.set(environment_id, lane);
  }
  return [...lanes.values()];
}

/** Where a stay is drawn between the first change and now, in percent. */
export function placeOf({ from, to }: Stay, start: number, now: number): { left: number; width: number } {
  const length = Math.max(1, now - start);
  const left = ((from - start) / length) * 100;
  return { left, width: (((to ?? now) - from) / length) * 100 };
}
