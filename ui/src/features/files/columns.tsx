import { Time } from "../../kit/figures";
import { KindIcon } from "../../kit/marks";
import { Spark } from "../../kit/spark";
import type { Column } from "../../kit/table";
import { count, exact, unknown } from "../../lib/format";
import { DeployedTo } from "../../parts/deployed";
import { directoryOf } from "../../parts/files/paths";
import type { FileRow } from "./useFiles";

/** The columns of Files in a directory, below which paths are shown. */
export function columnsIn(dir: string | undefined): Column<FileRow>[] {
  return [
    {
      id: "name",
      name: "Name",
      width: 220,
      grow: 3,
      sortable: true,
      cell: ({ file }) => <Name file={file} dir={dir} />,
    },
    { id: "deployed", name: "Deployed", width: 150, grow: 1, cell: ({ file }) => <DeployedTo file={file} /> },
    { id: "hours", name: "Last 24 h", width: 112, cell: Hours },
    {
      id: "calls",
      name: "Calls in 24 h",
      head: "Calls",
      width: 72,
      align: "end",
      sortable: true,
      cell: ({ figures }) => figureOf(figures?.calls),
    },
    {
      id: "failures",
      name: "Failures in 24 h",
      head: "Failures",
      width: 84,
      align: "end",
      sortable: true,
      cell: ({ figures }) => (
        <span className={figures?.failures ? "files-failed" : undefined}>{figureOf(figures?.failures)}</span>
      ),
    },
    {
      id: "updated",
      name: "Last change",
      width: 176,
      sortable: true,
      cell: ({ file }) => (
        <span className="cut">
          <Time at={file.updated_at} />{" "}
          {file.updated_by?.name && <span className="dim">by {file.updated_by.name}</span>}
        </span>
      ),
    },
    {
      id: "tags",
      name: "Tags",
      width: 100,
      grow: 1,
      cell: ({ file }) => <span className="cut dim">{file.tags.join(", ")}</span>,
    },
  ];
}

const figureOf = (value: number | undefined) =>
  value === undefined ? <span className="dim">{unknown}</span> : <span title={exact(value)}>{count(value)}</span>;

function Name({ file, dir }: { file: FileRow["file"]; dir: string | undefined }) {
  const parent = directoryOf(dir ? file.path.slice(dir.length + 1) : file.path);
  return (
    <span className="files-name">
      <KindIcon kind={file.kind} />
      <span className="cut" title={file.description ? `${file.path}\n${file.description}` : file.path}>
        {parent && <span className="dim">{parent}/</span>}
        {file.name}
      </span>
    </span>
  );
}

function Hours({ hours, figures }: FileRow) {
  if (!hours || !figures?.calls) return null;
  return (
    <Spark
      values={hours.calls}
      failed={hours.failures}
      label={`${exact(figures.calls)} calls in 24 h, ${exact(figures.failures)} failed`}
    />
  );
}
