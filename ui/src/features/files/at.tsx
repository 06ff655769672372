import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { Failure } from "../../api/failure";
import { atQuery } from "../../api/queries/files";
import { search } from "../../api/queries/search";
import { Empty } from "../../kit/empty";
import { Skeleton } from "../../kit/skeleton";
import { FaultOfError } from "../../parts/fault";
import { nameOf } from "../../parts/files/paths";

const route = getRouteApi("/at/$");

/** Goes to the File of a path, in place of this address. */
export function At() {
  const { _splat: path = "" } = route.useParams();
  const { env } = route.useSearch();
  const { data: id, error, refetch } = useQuery({ ...atQuery(path, env), retry: false });
  if (id) return <Navigate to="/files/$id" params={{ id }} replace />;
  if (error instanceof Failure && error.status === 404) return <NotThere path={path} env={env} error={error} />;
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  return <Skeleton lines={6} />;
}

function NotThere({ path, env, error }: { path: string; env: string | undefined; error: Failure }) {
  const { data: hits = [] } = useQuery(search(nameOf(path), ["file"], 5));
  return (
    <Empty
      action={
        <ul>
          {env && (
            <li>
              <Link to="/at/$" params={{ _splat: path }}>
                {path} in any environment
              </Link>
            </li>
          )}
          {hits.map(({ id, title }) => (
            <li key={id}>
              <Link to="/files/$id" params={{ id }}>
                {title}
              </Link>
            </li>
          ))}
          <li>
            <Link to="/files">All Files</Link>
          </li>
        </ul>
      }
    >
      {error.detail.message}
    </Empty>
  );
}
