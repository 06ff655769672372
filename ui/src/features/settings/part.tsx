// What the sections of the settings have in common.
import { type ReactNode, useState } from "react";
import { complaintAt } from "../../api/failure";
import { Button } from "../../kit/button";
import { Dialog } from "../../kit/dialog";
import { Field, Text } from "../../kit/field";
import { Skeleton } from "../../kit/skeleton";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";

interface SectionProps {
  title: string;
  /** A sentence below the title. */
  text?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, text, actions, children }: SectionProps) {
  return (
    <section className="settings-section" aria-label={title}>
      <header className="settings-head">
        <div>
          <h1>{title}</h1>
          {text && <p className="dim">{text}</p>}
        </div>
        {actions && <div className="settings-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  /** The height of what will be there, in px. */
  height: number;
  children: (data: T) => ReactNode;
}

/** What a query answers: its place while it loads, its failure, or the content. */
export function Loaded<T>({ query, height, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <FaultOfError error={query.error} retry="Load again" onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true">
      <Skeleton height={height} />
    </div>
  );
}

/** The failure of a form, but for what stands at the field of that name. */
export function FormFault({ error, field }: { error: unknown; field: string }) {
  return error && !complaintAt(error, field) ? <FaultOfError error={error} small /> : null;
}

interface NameProps {
  title: string;
  verb: string;
  /** The name to begin with. */
  name?: string;
  hint?: ReactNode;
  /** Closes when it is done, and keeps what was typed when it fails. */
  save: (name: string) => Promise<unknown>;
  onClose: () => void;
  /** More fields. */
  children?: ReactNode;
}

/** Asks for the name of something. */
export function NameDialog({ title, onClose, ...rest }: NameProps) {
  return (
    <Dialog open onOpenChange={(open) => open || onClose()} title={title} size="small">
      <NameForm onClose={onClose} {...rest} />
    </Dialog>
  );
}

function NameForm({ verb, name: initial = "", hint, save, onClose, children }: Omit<NameProps, "title">) {
  const [name, setName] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = async () => {
    setBusy(true);
    try {
      await save(name.trim());
      onClose();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <form
      className="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && !busy) void send();
      }}
    >
      <Field label="Name" name="name" hint={hint} error={complaintAt(error, "name")}>
        <Text value={name} onChange={setName} autoFocus maxLength={200} />
      </Field>
      {children}
      {name.trim() && <AsCall of={() => save(name.trim())} />}
      <FormFault error={error} field="name" />
      <div className="settings-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={busy} disabled={!name.trim()}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
