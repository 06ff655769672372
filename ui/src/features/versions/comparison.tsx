import { useQuery } from "@tanstack/react-query";
import ArrowLeftRight from "lucide-react/icons/arrow-left-right";
import X from "lucide-react/icons/x";
import type { TreeFile } from "../../api/queries/files";
import { type Difference, differenceQuery, type VersionRow } from "../../api/queries/versions";
import { IconButton } from "../../kit/button";
import { Diff } from "../../kit/diff";
import { Version } from "../../kit/marks";
import { useNarrow } from "../../kit/media";
import { Select } from "../../kit/select";
import { Skeleton } from "../../kit/skeleton";
import { shortId } from "../../lib/format";
import { FaultOfError } from "../../parts/fault";
import type { Pair, Search } from "./pair";
import { Settings, Tools } from "./settings";

interface Props {
  file: TreeFile;
  /** Undefined: there is nothing to compare the version with. */
  pair: Pair | undefined;
  search: Search;
  onSearch: (change: Partial<Search>) => void;
  onClose: () => void;
  versions: readonly VersionRow[];
}

/** What differs between two versions: settings, messages and tools, or the texts of their files. */
export function Comparison({ file, pair, search, onSearch, onClose, versions }: Props) {
  const narrow = useNarrow();
  const view = search.view ?? (narrow ? "unified" : "split");
  const as = search.as ?? "settings";
  return (
    <section className="comparison" aria-label="Comparison">
      <header className="comparison-head">
        {pair ? <Names file={file} pair={pair} versions={versions} onSearch={onSearch} /> : <h2>Comparison</h2>}
        <span className="versions-space" />
        <Select
          quiet
          aria-label="What is compared"
          value={as}
          onChange={(as) => onSearch({ as })}
          options={[
            { value: "settings", label: "Settings and messages" },
            { value: "text", label: "Text of the file" },
          ]}
        />
        <Select
          quiet
          aria-label="How it is shown"
          value={view}
          onChange={(view) => onSearch({ view })}
          options={[
            { value: "split", label: "Side by side" },
            { value: "unified", label: "Below each other" },
          ]}
        />
        <IconButton label="Close" keys="esc" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="comparison-body">
        {pair ? (
          <Found file={file} pair={pair} as={as} view={view} />
        ) : (
          <p className="dim">It is the first version, and nothing else is deployed. Select another one with x.</p>
        )}
      </div>
    </section>
  );
}

function Names({
  file,
  pair: { a, b },
  versions,
  onSearch,
}: Pick<Props, "file" | "versions" | "onSearch"> & { pair: Pair }) {
  const placesOf = (id: string) =>
    file.deployed.filter(({ version_id }) => version_id === id).map(({ environment }) => environment);
  const options = versions
    .filter(({ id }) => id !== b)
    .map(({ id, name }) => ({
      value: id,
      label: name || shortId(id),
      end: placesOf(id).join(", ") || undefined,
    }));
  return (
    <div className="comparison-names">
      <Select quiet aria-label="Compare with" value={a} onChange={(id) => onSearch({ a: id })} options={options} />
      <span aria-hidden="true">→</span>
      <Version id={b} name={versions.find(({ id }) => id === b)?.name} />
      <IconButton small label="Swap" onClick={() => onSearch({ a: b, b: a })}>
        <ArrowLeftRight size={14} aria-hidden />
      </IconButton>
    </div>
  );
}

interface FoundProps {
  file: TreeFile;
  pair: Pair;
  as: "settings" | "text";
  view: "split" | "unified";
}

function Found({ file, pair: { a, b }, as, view }: FoundProps) {
  const { data, error, refetch } = useQuery(differenceQuery(file.id, a, b));
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} />;
  const names: [string, string] = [nameOf(data.a), nameOf(data.b)];
  if (as === "text") return <Texts difference={data} names={names} view={view} />;
  if (data.same) return <p className="dim">Both have the same content.</p>;
  return (
    <div className="comparison-parts">
      <p>{data.summary}</p>
      {data.settings.length > 0 && <Settings settings={data.settings} names={names} />}
      {data.texts
        .filter(({ change }) => change !== "same")
        .map((text) => (
          <section key={text.name}>
            <h3>
              {text.name}
              {text.role && (
                <span className="dim">
                  {" "}
                  {text.old_role && text.old_role !== text.role && `${text.old_role} → `}
                  {text.role}
                </span>
              )}
            </h3>
            <Diff before={text.old ?? ""} after={text.new ?? ""} names={names} view={view} />
          </section>
        ))}
      {data.tools.length > 0 && <Tools tools={data.tools} names={names} view={view} />}
    </div>
  );
}

const nameOf = ({ id, name }: Difference["a"]) => name || shortId(id);

function Texts({
  difference: { text_a, text_b },
  names,
  view,
}: {
  difference: Difference;
  names: [string, string];
  view: FoundProps["view"];
}) {
  if (text_a === undefined || text_b === undefined) return <p className="dim">This kind of File has no text form.</p>;
  return <Diff before={text_a} after={text_b} names={names} view={view} />;
}
