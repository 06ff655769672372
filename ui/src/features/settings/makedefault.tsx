import { useQuery } from "@tanstack/react-query";
import { body, client } from "../../api/client";
import { type Environment, makeDefault } from "../../api/queries/environments";
import { Skeleton } from "../../kit/skeleton";
import { plural } from "../../lib/format";
import { FaultOfError } from "../../parts/fault";
import { defaultChange, type TreeFile } from "./defaultchange";
import { ConfirmCall } from "./part";

interface Props {
  environment: Environment;
  /** The default until now. */
  before: Environment | undefined;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

/** Asks before calls get other versions, and says which. */
export function MakeDefault({ environment, before, onChanged, onClose }: Props) {
  return (
    <ConfirmCall
      title={`Make ${environment.name} the default?`}
      verb={`Make ${environment.name} the default`}
      word={environment.name}
      call={() => makeDefault(environment.id).then(onChanged)}
      onClose={onClose}
    >
      <div className="settings-words">
        <p>
          Calls that name no environment then get what is deployed to <strong>{environment.name}</strong>
          {before && (
            <>
              , no longer what is deployed to <strong>{before.name}</strong>
            </>
          )}
          .
        </p>
        <Changes environment={environment} before={before} />
      </div>
    </ConfirmCall>
  );
}

/** All Files with their deployments. */
async function allFiles(signal: AbortSignal): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await body(client.GET("/v5/files/tree", { params: { query: { size: 5000, cursor } }, signal }));
    files.push(...page.files);
    cursor = page.next;
    if (!cursor) return files;
  }
}

function Changes({ environment, before }: Pick<Props, "environment" | "before">) {
  const { data, error } = useQuery({
    queryKey: ["files", "deployments"],
    queryFn: ({ signal }) => allFiles(signal),
    staleTime: 0,
  });
  if (error) return <FaultOfError error={error} small />;
  if (!data) return <Skeleton lines={3} />;
  const { deployed, newest, same } = defaultChange(data, before?.id, environment.id);
  return (
    <>
      <Paths paths={deployed}>calls get another version</Paths>
      <Paths paths={newest}>nothing is deployed there, so calls get the newest version</Paths>
      <p className="dim">{plural(same, "File stays as it is", "Files stay as they are")}.</p>
    </>
  );
}

const most = 5;

function Paths({ paths, children }: { paths: string[]; children: string }) {
  if (paths.length === 0) return null;
  return (
    <div>
      <p>
        {plural(paths.length, "File")}: {children}.
      </p>
      <ul className="settings-users">
        {paths.slice(0, most).map((path) => (
          <li key={path} className="cut">
            {path}
          </li>
        ))}
        {paths.length > most && <li className="dim">and {plural(paths.length - most, "other")}</li>}
      </ul>
    </div>
  );
}
