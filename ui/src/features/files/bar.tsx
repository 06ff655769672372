import { useQuery } from "@tanstack/react-query";
import FolderTree from "lucide-react/icons/folder-tree";
import Plus from "lucide-react/icons/plus";
import { useEffect, useState } from "react";
import type { Kind } from "../../api/queries/files";
import { forbidden, me } from "../../api/queries/me";
import { Button, IconButton } from "../../kit/button";
import { Switch } from "../../kit/check";
import { Text } from "../../kit/field";
import { KindIcon } from "../../kit/marks";
import { Menu } from "../../kit/menu";
import { Select } from "../../kit/select";
import { kinds } from "../../routes";
import type { Making } from "./new";
import type { Search } from "./queries";

interface Props {
  search: Search;
  onSearch: (change: Partial<Search>) => void;
  tags: readonly string[];
  onNew: (making: Making) => void;
  /** Shows the directories, where there is no place for them beside the table. */
  onDirectories?: () => void;
}

/** Filters of Files, and what makes new ones. */
export function Bar({ search, onSearch, tags, onNew, onDirectories }: Props) {
  const { data } = useQuery(me);
  const main = data?.default_environment?.name ?? "the default environment";
  const tagged = search.tag && !tags.includes(search.tag) ? [search.tag, ...tags] : tags;
  return (
    <search className="files-bar" aria-label="Filter Files">
      {onDirectories && (
        <IconButton label="Directories" onClick={onDirectories}>
          <FolderTree size={16} aria-hidden />
        </IconButton>
      )}
      <Words text={search.q ?? ""} onChange={(q) => onSearch({ q: q || undefined })} />
      <Select
        quiet
        aria-label="Kind"
        value={search.type ?? "all"}
        onChange={(type) => onSearch({ type: type === "all" ? undefined : (type as Kind) })}
        options={[
          { value: "all", label: "All kinds" },
          ...kinds.map((kind) => ({ value: kind, label: capital(kind), icon: <KindIcon kind={kind} bare /> })),
        ]}
      />
      {tagged.length > 0 && (
        <Select
          quiet
          aria-label="Tag"
          value={search.tag ?? ""}
          onChange={(tag) => onSearch({ tag: tag || undefined })}
          options={[{ value: "", label: "All tags" }, ...tagged.map((tag) => ({ value: tag, label: tag }))]}
        />
      )}
      <Switch
        label={`Differs from ${main}`}
        checked={!!search.differs}
        onChange={(on) => onSearch({ differs: on || undefined })}
      />
      <span className="files-space" />
      <Menu
        align="end"
        trigger={
          <Button kind="main" icon={<Plus size={16} aria-hidden />} why={forbidden(data?.role, "developer")}>
            New
          </Button>
        }
        entries={[
          ...kinds.map((kind) => ({
            label: capital(kind),
            icon: <KindIcon kind={kind} bare />,
            keys: kind === "prompt" ? "n" : undefined,
            onSelect: () => onNew(kind),
          })),
          "line" as const,
          { label: "Directory", onSelect: () => onNew("directory") },
        ]}
      />
    </search>
  );
}

export const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Words that are searched for, a moment after they are typed. */
function Words({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => onChange(typed), 200);
    return () => clearTimeout(timer);
  });
  return (
    <Text
      type="search"
      className="files-words"
      aria-label="Words in path or description"
      placeholder="Filter by path or description"
      value={typed}
      onChange={setTyped}
    />
  );
}
