// What calls get that name no environment, when another one becomes the default.
import type { components } from "../../api/schema";

export type TreeFile = components["schemas"]["TreeFile"];

export interface DefaultChange {
  /** Files whose calls get the version that is deployed to the new default. */
  deployed: string[];
  /** Files with nothing deployed there, whose calls get the newest version. */
  newest: string[];
  /** How many Files stay as they are. */
  same: number;
}

/** Compares the versions of each File. Without anything deployed to the default environment a File stands for its newest version. */
export function defaultChange(files: TreeFile[], from: string | undefined, to: string): DefaultChange {
  const change: DefaultChange = { deployed: [], newest: [], same: 0 };
  for (const file of files) {
    const of = (environment: string | undefined) =>
      file.deployed.find(({ environment_id }) => environment_id === environment)?.version_id;
    const after = of(to);
    if ((of(from) ?? file.newest_version_id) === (after ?? file.newest_version_id)) change.same++;
    else (after ? change.deployed : change.newest).push(file.path);
  }
  return change;
}
