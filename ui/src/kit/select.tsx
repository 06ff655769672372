import { Select as Base } from "@base-ui/react/select";
import Check from "lucide-react/icons/check";
import ChevronDown from "lucide-react/icons/chevron-down";
import type { ReactNode } from "react";
import { names } from "./button";
import "./popup.css";
import "./select.css";

/** A choice. `label` is also what typing finds. */
export interface Option<T extends string = string> {
  value: T;
  label: string;
  /** A second line. */
  hint?: ReactNode;
  /** At the right end, dimmed. */
  end?: ReactNode;
  icon?: ReactNode;
  /** Options of a group stand together; the group is their heading. */
  group?: string;
  disabled?: boolean;
}

interface Props<T extends string> {
  value: T | undefined;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  placeholder?: string;
  disabled?: boolean;
  /** Without a border, as wide as its text: for bars. */
  quiet?: boolean;
  /** Only outside Field. */
  "aria-label"?: string;
}

/** One of few choices. With more than about ten, use Combobox. */
export function Select<T extends string>({
  value,
  onChange,
  options,
  placeholder,
  disabled,
  quiet,
  ...rest
}: Props<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root
      value={value ?? null}
      onValueChange={(next) => next !== null && onChange(next as T)}
      items={options}
      disabled={disabled}
    >
      <Base.Trigger className={names("text", "select", quiet && "select-quiet")} {...rest}>
        {chosen?.icon}
        <Base.Value className="select-value">
          {() => chosen?.label ?? value ?? <span className="dim">{placeholder ?? "Choose…"}</span>}
        </Base.Value>
        <ChevronDown size={14} aria-hidden className="select-arrow" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="popup-place" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="popup select-popup">
            <Base.List className="popup-list">
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} disabled={option.disabled} className="popup-item">
                  <span className="popup-tick">
                    <Base.ItemIndicator>
                      <Check size={16} aria-hidden />
                    </Base.ItemIndicator>
                  </span>
                  {option.icon}
                  <span className="popup-main">
                    <Base.ItemText className="cut">{option.label}</Base.ItemText>
                    {option.hint && <span className="popup-hint">{option.hint}</span>}
                  </span>
                  {option.end && <span className="popup-end">{option.end}</span>}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
