import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as Base } from "@base-ui/react/dialog";
import X from "lucide-react/icons/x";
import { type ReactNode, useRef, useState } from "react";
import { Button, IconButton, names } from "./button";
import { Field, Text } from "./field";
import "./dialog.css";

interface DialogProps {
  open: boolean;
  /** Called with false by Esc, the close button and a press outside. */
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** A sentence below the title. */
  text?: ReactNode;
  /** Buttons at the foot; the main one last. */
  foot?: ReactNode;
  /** 400, 600 or 960 px at most. */
  size?: "small" | "normal" | "wide";
  children?: ReactNode;
}

const fields = ":is(input, textarea, select, [role=combobox], [role=checkbox]):not(:disabled, [aria-hidden=true])";

/** Where a dialog begins: at what asked for the focus itself, the first field, or the main action; else at what comes first. */
function beginning(dialog: HTMLElement | null): HTMLElement | boolean {
  const { activeElement } = document;
  if (activeElement !== dialog && dialog?.contains(activeElement)) return false;
  return dialog?.querySelector<HTMLElement>(`.dialog-body ${fields}, .button-main:not(:disabled)`) ?? true;
}

/** A modal dialog. It keeps the focus while open, and gives it back to what had it. */
export function Dialog({ open, onOpenChange, title, text, foot, size = "normal", children }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="dialog-back" />
        <Base.Popup
          ref={popup}
          className={names("dialog", `dialog-${size}`)}
          initialFocus={() => beginning(popup.current)}
        >
          <div className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <Base.Close render={<IconButton label="Close" keys="esc" />}>
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="dialog-body">
            {text && <Base.Description className="dialog-text">{text}</Base.Description>}
            {children}
          </div>
          {foot && <div className="dialog-foot">{foot}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question: "Delete support/triage?" */
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The verb on the button: "Delete File". */
  verb: string;
  danger?: boolean;
  /** Must be typed before the button acts. Only for what cannot be undone. */
  word?: string;
  /** The dialog closes when it is done, and stays when it throws; show that failure in `error`. */
  onConfirm: () => Promise<void> | void;
  error?: ReactNode;
  /** What stands below the question and is no part of it. */
  more?: ReactNode;
}

/** Asks before something is done. A press outside does not close it. */
export function Confirm(props: ConfirmProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <AlertDialog.Root open={props.open} onOpenChange={(next) => props.onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-back" />
        <AlertDialog.Popup ref={popup} className="dialog dialog-small" initialFocus={() => beginning(popup.current)}>
          <Question {...props} />
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function Question({ title, children, verb, danger, word, onConfirm, onOpenChange, error, more }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch {
      setBusy(false);
    }
  };
  const ready = word === undefined || typed === word;
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) void confirm();
      }}
    >
      <div className="dialog-head">
        <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
      </div>
      <div className="dialog-body">
        <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
        {word !== undefined && (
          <Field label={`Type ${word} to confirm`}>
            <Text value={typed} onChange={setTyped} mono />
          </Field>
        )}
        {more}
        {error}
      </div>
      <div className="dialog-foot">
        <AlertDialog.Close render={<Button />}>Cancel</AlertDialog.Close>
        <Button type="submit" kind={danger ? "danger" : "main"} disabled={!ready} busy={busy}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
