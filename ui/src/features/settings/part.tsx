// What the sections of the settings have in common.
import { useMutation } from "@tanstack/react-query";
import { type ComponentProps, type ReactNode, useState } from "react";
import { complaintAt } from "../../api/failure";
import { Button } from "../../kit/button";
import { Confirm, Dialog } from "../../kit/dialog";
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

interface ListingProps {
  /** The names of the columns, but for the last: that of the buttons. `end`: of numbers, which align at their ends. */
  columns: (string | { end: string })[];
  children: ReactNode;
}

/** A table whose rows end in buttons. */
export function Listing({ columns, children }: ListingProps) {
  return (
    <table className="settings-table">
      <thead>
        <tr>
          {columns.map((column) =>
            typeof column === "string" ? (
              <th key={column}>{column}</th>
            ) : (
              <th key={column.end} data-end>
                {column.end}
              </th>
            ),
          )}
          <th>
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface CallProps {
  /** What the button does. The dialog closes when it is done, and stays when it fails. */
  call: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before a call is made, and tells its failure. */
export function ConfirmCall({
  call,
  onClose,
  ...question
}: CallProps & Pick<ComponentProps<typeof Confirm>, "title" | "children" | "verb" | "danger" | "word">) {
  const sent = useMutation({ mutationFn: call });
  return (
    <Confirm
      open
      onOpenChange={(open) => open || onClose()}
      onConfirm={async () => void (await sent.mutateAsync())}
      error={sent.error && <FaultOfError error={sent.error} small />}
      more={<AsCall of={call} />}
      {...question}
    />
  );
}

interface FormProps extends CallProps {
  verb: string;
  /** Whether the fields say all that the call needs. */
  ready: boolean;
  /** The name of the field that shows what a failure says of it; the form shows all other failures. */
  field?: string;
  /** The fields, with the failure of the call. */
  children: (error: unknown) => ReactNode;
}

/** The fields of a dialog, and its buttons. What was typed stays when the call fails. */
export function Form({ call, onClose, verb, ready, field, children }: FormProps) {
  const { mutate, isPending, error } = useMutation({ mutationFn: call, onSuccess: onClose });
  return (
    <form
      className="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !isPending) mutate();
      }}
    >
      {children(error)}
      {ready && <AsCall of={call} />}
      {error && !(field && complaintAt(error, field)) && <FaultOfError error={error} small />}
      <div className="settings-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={isPending} disabled={!ready}>
          {verb}
        </Button>
      </div>
    </form>
  );
}

interface NameProps {
  title: string;
  verb: string;
  /** The name to begin with. */
  name?: string;
  hint?: ReactNode;
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
  return (
    <Form verb={verb} ready={!!name.trim()} call={() => save(name.trim())} onClose={onClose} field="name">
      {(error) => (
        <>
          <Field label="Name" name="name" hint={hint} error={complaintAt(error, "name")}>
            <Text value={name} onChange={setName} autoFocus maxLength={200} />
          </Field>
          {children}
        </>
      )}
    </Form>
  );
}
