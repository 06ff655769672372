import type { TreeFile } from "../api/queries/files";
import { Env } from "../kit/marks";
import "./deployed.css";

const differs = "The newest version is not in the default environment";

/** Where a File is deployed. The mark says that its newest version is not in the default environment. */
export function DeployedTo({ file }: { file: TreeFile }) {
  return (
    <span className="deployed">
      {file.deployed.map((there) => (
        <Env key={there.environment_id} name={there.environment} main={there.default} />
      ))}
      {file.differs && (
        <span className="version-differs" title={differs}>
          <span aria-hidden="true">≠</span>
          <span className="unseen">{differs}</span>
        </span>
      )}
    </span>
  );
}
