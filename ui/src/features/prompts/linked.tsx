import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import Plus from "lucide-react/icons/plus";
import X from "lucide-react/icons/x";
import { toolsQuery } from "../../api/queries/prompts";
import { Button, IconButton } from "../../kit/button";
import { Menu } from "../../kit/menu";
import { type Content, having } from "./content";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
}

/** The Tools of this workspace that a Prompt links to, and a menu of the others. */
export function LinkedTools({ content, onChange }: Props) {
  const { data: tools = [] } = useQuery(toolsQuery);
  const linked = content.linked_tools ?? [];
  const put = (next: string[]) => onChange(having(content, "linked_tools", next.length > 0 ? next : undefined));
  const others = tools.filter((tool) => !linked.includes(tool.id));
  return (
    <>
      {linked.map((id) => (
        <div key={id} className="prompt-linked">
          <Link to="/files/$id" params={{ id }} className="cut">
            {tools.find((tool) => tool.id === id)?.path ?? id}
          </Link>
          <IconButton small label="Remove linked Tool" onClick={() => put(linked.filter((other) => other !== id))}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
      {others.length > 0 && (
        <Menu
          trigger={
            <Button small kind="quiet" icon={<Plus size={14} aria-hidden />}>
              Linked Tool
            </Button>
          }
          entries={others.map((tool) => ({
            label: tool.path,
            hint: tool.description,
            onSelect: () => put([...linked, tool.id]),
          }))}
        />
      )}
    </>
  );
}
