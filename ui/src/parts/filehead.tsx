// The line at the head of every page of a File.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import Ellipsis from "lucide-react/icons/ellipsis";
import { type ReactNode, useState } from "react";
import { fileQuery, type TreeFile } from "../api/queries/files";
import { forbidden, me } from "../api/queries/me";
import { IconButton } from "../kit/button";
import { Copy } from "../kit/copy";
import { KindIcon } from "../kit/marks";
import { Menu } from "../kit/menu";
import { useKeys } from "../lib/keys";
import { DeployedTo } from "./deployed";
import { type FileAction, FileDialog, fileEntries } from "./files/actions";
import { nameOf } from "./files/paths";
import "./filehead.css";

/** The pages of a File. `overview` is that of kinds that have no editor. */
export type FilePageName = "editor" | "overview" | "versions" | "logs";

interface Props {
  /** The id of the File. The head fetches what it shows; until then its place is kept. */
  id: string;
  /** The page that it is the head of. */
  page: FilePageName;
  /** Buttons of the page, at the right end, before the menu of the File. */
  children?: ReactNode;
}

/**
 * One line of 40 px: kind, name (the breadcrumbs say the whole path, which a button copies), where it is deployed, links to its pages, what the page
 * puts there, and a menu: rename (F2), move, duplicate, delete. It brings the `h1` of the page. Whether the File is there is for the page to say.
 */
export function FileHead({ id, page, children }: Props) {
  const { data: file } = useQuery(fileQuery(id));
  return (
    <header className="filehead">
      {file && (
        <>
          <KindIcon kind={file.kind} />
          <h1 className="cut" title={file.path}>
            {nameOf(file.path)}
          </h1>
          <Copy text={file.path} label="Copy path" />
          <Pages file={file} page={page} />
          <DeployedTo file={file} />
        </>
      )}
      <span className="filehead-space" />
      {children}
      {file && <FileMenu file={file} />}
    </header>
  );
}

/** Whether a kind has an editor; the others have an overview as their first page. */
export const hasEditor = (kind: TreeFile["kind"]) => kind === "prompt";

function Pages({ file: { id, kind }, page }: { file: TreeFile; page: FilePageName }) {
  const current = (name: FilePageName) => (page === name ? "page" : undefined);
  return (
    <nav className="filehead-tabs" aria-label="Pages of this File">
      {hasEditor(kind) ? (
        <Link to="/files/$id/editor" params={{ id }} aria-current={current("editor")} activeProps={{}}>
          Editor
        </Link>
      ) : (
        <Link to="/files/$id" params={{ id }} aria-current={current("overview")} activeProps={{}}>
          Overview
        </Link>
      )}
      <Link to="/files/$id/versions" params={{ id }} aria-current={current("versions")} activeProps={{}}>
        Versions
      </Link>
      {kind !== "dataset" && (
        <Link to="/files/$id/logs" params={{ id }} aria-current={current("logs")} activeProps={{}}>
          Logs
        </Link>
      )}
    </nav>
  );
}

function FileMenu({ file }: { file: TreeFile }) {
  const navigate = useNavigate();
  const { data } = useQuery(me);
  const [action, act] = useState<FileAction>();
  const why = forbidden(data?.role, "developer");
  useKeys("This File", [
    { does: "Rename this File", keys: "F2", run: () => (why ? false : act({ verb: "rename", items: [file] })) },
  ]);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label="More for this File">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
        entries={fileEntries(file, act, why)}
      />
      <FileDialog
        action={action}
        onClose={() => act(undefined)}
        onDeleted={() => navigate({ to: "/files" })}
        onDuplicated={({ id }) => void navigate({ to: "/files/$id", params: { id } })}
      />
    </>
  );
}
