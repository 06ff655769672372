import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { environments } from "../../api/queries/environments";
import { deployedQuery } from "../../api/queries/prompts";
import { versionsQuery } from "../../api/queries/versions";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { Version } from "../../kit/marks";
import { ago } from "../../lib/clock";
import { useDraftFault } from "../../lib/useDraft";
import type { useEdited } from "./draft";
import type { Start } from "./start";

interface Props {
  file: string;
  start: Start;
  edited: ReturnType<typeof useEdited>;
}

/** What a person who edits should know: that a draft was found, that others saved or deployed meanwhile, that nothing can be kept. */
export function Notices({ file, start, edited }: Props) {
  const fault = useDraftFault();
  const restored = edited.restored !== undefined && edited.dirty;
  return (
    <>
      {fault && <Banner kind="bad">{fault}</Banner>}
      {restored && (
        <Banner
          actions={
            <Button small onClick={() => void edited.drop()}>
              Begin again from the saved version
            </Button>
          }
        >
          This is your draft of {ago(new Date(edited.restored ?? 0))}. It is on this browser alone.
        </Banner>
      )}
      {edited.elsewhere && (
        <Banner kind="warn">
          Another tab of this browser edits the same version. Both drafts are kept; the last one changed is opened next
          time.
        </Banner>
      )}
      <Newer file={file} start={start} />
      <Deployed file={file} start={start} />
    </>
  );
}

// Newer says when somebody saved a version after the editor was opened.
function Newer({ file, start }: Omit<Props, "edited">) {
  const { data } = useQuery({ ...versionsQuery(file), refetchInterval: 20_000 });
  const first = useRef<string>(undefined);
  const newest = data?.versions[0];
  first.current ??= newest?.id;
  if (!newest || newest.id === first.current || newest.id === start.from.version_id) return null;
  return (
    <Banner
      kind="warn"
      actions={
        <Link to="/files/$id/versions" params={{ id: file }} search={{ a: start.from.version_id, b: newest.id }}>
          See the difference
        </Link>
      }
    >
      {newest.created_by?.name ?? "Somebody"} saved <Version id={newest.id} name={newest.name} /> while you were
      editing. Your draft is as it was.
    </Banner>
  );
}

// Deployed says when somebody deployed something else after the editor was opened.
function Deployed({ file, start }: Omit<Props, "edited">) {
  const { data: names = [] } = useQuery(environments);
  const { data: now } = useQuery(deployedQuery(file));
  const first = useRef<typeof now>(undefined);
  first.current ??= now;
  const changed = names.filter(
    ({ id }) => now?.[id]?.id !== first.current?.[id]?.id && now?.[id]?.id !== start.from.version_id,
  );
  return changed.map(({ id, name }) => (
    <Banner
      key={id}
      kind="warn"
      actions={
        now?.[id] && (
          <Link to="/files/$id/versions" params={{ id: file }} search={{ a: start.from.version_id, b: now[id].id }}>
            See the difference
          </Link>
        )
      }
    >
      {now?.[id] ? (
        <>
          <Version id={now[id].id} name={now[id].name} /> was deployed to {name} while you were editing.
        </>
      ) : (
        <>Nothing is deployed to {name} any more.</>
      )}
    </Banner>
  ));
}
