import { Checkbox } from "@base-ui/react/checkbox";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import CheckIcon from "lucide-react/icons/check";
import Minus from "lucide-react/icons/minus";
import type { ReactNode } from "react";
import "./check.css";

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  /** A second line below the label. */
  hint?: ReactNode;
  disabled?: boolean;
}

/** A choice that counts when the form is sent. */
export function Check({ checked, onChange, label, hint, disabled, some }: Props & { some?: boolean }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is the control.
    <label className="check" data-disabled={disabled || undefined}>
      <Checkbox.Root
        className="check-box"
        checked={checked}
        indeterminate={some && !checked}
        onCheckedChange={onChange}
        disabled={disabled}
      >
        <Checkbox.Indicator className="check-sign">
          {some && !checked ? <Minus size={12} aria-hidden /> : <CheckIcon size={12} strokeWidth={3} aria-hidden />}
        </Checkbox.Indicator>
      </Checkbox.Root>
      <Words label={label} hint={hint} />
    </label>
  );
}

/** A choice that acts at once. */
export function Switch({ checked, onChange, label, hint, disabled }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control.
    <label className="check" data-disabled={disabled || undefined}>
      <BaseSwitch.Root className="switch" checked={checked} onCheckedChange={onChange} disabled={disabled}>
        <BaseSwitch.Thumb className="switch-thumb" />
      </BaseSwitch.Root>
      <Words label={label} hint={hint} />
    </label>
  );
}

function Words({ label, hint }: Pick<Props, "label" | "hint">) {
  return (
    <span>
      {label}
      {hint && <span className="check-hint">{hint}</span>}
    </span>
  );
}
