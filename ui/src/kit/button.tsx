import LoaderCircle from "lucide-react/icons/loader-circle";
import type { ComponentProps, ReactNode, Ref } from "react";
import { Kbd, keyNames } from "./kbd";
import { Tooltip } from "./tooltip";
import "./button.css";

type Native = Omit<ComponentProps<"button">, "ref">;

export interface ButtonProps extends Native {
  /** main: the one main action of a view. plain: others. quiet: in bars and rows. danger: what cannot be undone. */
  kind?: "main" | "plain" | "quiet" | "danger";
  small?: boolean;
  /** An icon of 16 px before the text. */
  icon?: ReactNode;
  /** Keys that do the same, as Kbd takes them; shown after the text. */
  keys?: string;
  /** What the button began is not done: it shows so, and does not act. */
  busy?: boolean;
  /** Why the button does not act now: it stays focusable, so that the reason can be read. */
  why?: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with a verb: "Deploy to staging", not "OK". */
export function Button({ kind = "plain", small, icon, keys, busy, why, className, children, ...rest }: ButtonProps) {
  const button = (
    <button
      type="button"
      {...rest}
      {...idle(rest, busy || !!why)}
      className={names("button", `button-${kind}`, small && "button-small", className)}
    >
      {busy ? <Busy /> : icon}
      <span className="button-text">{children}</span>
      {keys && !small && <Kbd keys={keys} />}
    </button>
  );
  return why || (keys && small) ? (
    <Tooltip text={why ?? children} keys={keys}>
      {button}
    </Tooltip>
  ) : (
    button
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  /** The name: read aloud, and the tooltip. */
  label: string;
  /** The icon, 16 px. */
  children?: ReactNode;
  /** For buttons that stay pressed. */
  pressed?: boolean;
}

/** A button that shows an icon alone; for meanings that are certain. */
export function IconButton({
  label,
  kind = "quiet",
  small,
  keys,
  busy,
  why,
  pressed,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={why ? `${label}: ${why}` : label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={keys && keyNames(keys).join("+")}
        {...rest}
        {...idle(rest, busy || !!why)}
        className={names("button", "button-icon", `button-${kind}`, small && "button-small", className)}
      >
        {busy ? <Busy /> : children}
      </button>
    </Tooltip>
  );
}

const Busy = () => <LoaderCircle className="button-busy" size={16} aria-hidden />;

const idle = (props: Native, is: boolean): Native =>
  is ? { "aria-disabled": true, onClick: (event) => event.preventDefault() } : { onClick: props.onClick };

/** The class names that are there. */
export const names = (...all: (string | false | undefined)[]) => all.filter(Boolean).join(" ");
