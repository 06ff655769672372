import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import Columns3 from "lucide-react/icons/columns-3";
import { Button, IconButton } from "./button";
import { Check } from "./check";
import { Popover } from "./popover";
import "./columns.css";

interface Props {
  /** All columns there are. */
  all: readonly { id: string; name: string }[];
  /** The ids of those shown, in their order. */
  shown: readonly string[];
  /** Undefined asks for the default. */
  onChange: (shown: string[] | undefined) => void;
}

/** A button that lets one choose and order the columns of a table. The last one shown cannot be hidden. */
export function Columns({ all, shown, onChange }: Props) {
  const hidden = all.filter(({ id }) => !shown.includes(id));
  const there = shown.map((id) => all.find((column) => column.id === id)).filter((column) => column !== undefined);
  const swap = (i: number, by: number) => {
    const next = [...shown];
    next.splice(i + by, 0, ...next.splice(i, 1));
    onChange(next);
  };
  return (
    <Popover
      title="Columns"
      align="end"
      trigger={
        <IconButton label="Choose columns">
          <Columns3 size={16} aria-hidden />
        </IconButton>
      }
    >
      <ul className="columns">
        {there.map(({ id, name }, i) => (
          <li key={id}>
            <Check
              label={name}
              checked
              disabled={there.length === 1}
              onChange={() => onChange(shown.filter((other) => other !== id))}
            />
            <IconButton small label={`Move ${name} left`} disabled={i === 0} onClick={() => swap(i, -1)}>
              <ArrowUp size={14} aria-hidden />
            </IconButton>
            <IconButton small label={`Move ${name} right`} disabled={i === there.length - 1} onClick={() => swap(i, 1)}>
              <ArrowDown size={14} aria-hidden />
            </IconButton>
          </li>
        ))}
        {hidden.map(({ id, name }) => (
          <li key={id}>
            <Check label={name} checked={false} onChange={() => onChange([...shown, id])} />
          </li>
        ))}
      </ul>
      <Button small kind="quiet" onClick={() => onChange(undefined)}>
        Back to the default
      </Button>
    </Popover>
  );
}
