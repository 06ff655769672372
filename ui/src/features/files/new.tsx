import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createDirectory, createFile, type Kind } from "../../api/queries/files";
import { contentOfText } from "../../api/queries/prompts";
import { Button } from "../../kit/button";
import { Dialog } from "../../kit/dialog";
import { Field, Text, TextArea } from "../../kit/field";
import { Select } from "../../kit/select";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { trimmed } from "../../parts/files/paths";
import { useEach } from "../../parts/files/useEach";
import { capital } from "./bar";
import { starters } from "./starters";

/** What is made. */
export type Making = Kind | "directory";

interface Props {
  making: Making;
  /** The directory that is shown, in which it is made unless another is written. */
  dir: string | undefined;
  onClose: () => void;
}

/** Makes a File with its first version, or a directory, and goes there. */
export function NewDialog({ making, dir, onClose }: Props) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`New ${capital(making)}`}>
      {making === "directory" ? (
        <NewDirectory dir={dir} onClose={onClose} />
      ) : (
        <NewFile kind={making} dir={dir} onClose={onClose} />
      )}
    </Dialog>
  );
}

const beginning = (dir: string | undefined) => (dir ? `${dir}/` : "");

function NewDirectory({ dir, onClose }: Omit<Props, "making">) {
  const navigate = useNavigate();
  const [path, setPath] = useState(beginning(dir));
  const each = useEach([path], async (said) => {
    const made = await createDirectory(trimmed(said));
    await navigate({ to: "/files", search: { dir: made.path } });
  });
  return (
    <Form each={each} ready={trimmed(path) !== ""} verb="Make directory" onClose={onClose}>
      <PathField value={path} onChange={setPath} hint="Directories on the way are made too." />
      {trimmed(path) && <AsCall of={() => createDirectory(trimmed(path))} />}
    </Form>
  );
}

const pasted = "pasted";

function NewFile({ kind, dir, onClose }: { kind: Kind } & Omit<Props, "making">) {
  const navigate = useNavigate();
  const all = starters[kind];
  const [path, setPath] = useState(beginning(dir));
  const [start, setStart] = useState(all[0]?.value ?? "");
  const [text, setText] = useState("");
  const content = all.find(({ value }) => value === start)?.content ?? {};
  const each = useEach([path], async (said) => {
    const { id } = await createFile(kind, trimmed(said), start === pasted ? await contentOfText(text) : content);
    await navigate({ to: kind === "prompt" ? "/files/$id/editor" : "/files/$id", params: { id } });
  });
  const options = all.map(({ value, label, hint }) => ({ value, label, hint }));
  const paste = { value: pasted, label: "A .prompt text", hint: "Pasted below" };
  return (
    <Form
      each={each}
      ready={trimmed(path) !== "" && (start !== pasted || text !== "")}
      verb={`Create ${capital(kind)}`}
      onClose={onClose}
    >
      <PathField value={path} onChange={setPath} hint="Directories and a name, as support/triage." />
      <Field label="Begin with">
        <Select value={start} onChange={setStart} options={kind === "prompt" ? [...options, paste] : options} />
      </Field>
      {start === pasted && (
        <Field label=".prompt text" name="prompt">
          <TextArea mono rows={8} value={text} onChange={setText} />
        </Field>
      )}
      {trimmed(path) && start !== pasted && <AsCall of={() => createFile(kind, trimmed(path), content)} />}
    </Form>
  );
}

function PathField({ value, onChange, hint }: { value: string; onChange: (value: string) => void; hint: string }) {
  return (
    <Field label="Path" hint={hint} name="path">
      <Text value={value} onChange={onChange} mono autoFocus />
    </Field>
  );
}

interface FormProps {
  each: ReturnType<typeof useEach>;
  ready: boolean;
  verb: string;
  onClose: () => void;
  children: React.ReactNode;
}

function Form({ each, ready, verb, onClose, children }: FormProps) {
  return (
    <form
      className="files-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !each.busy) each.run().then(onClose, () => undefined);
      }}
    >
      {children}
      {each.error !== undefined && <FaultOfError error={each.error} small />}
      <div className="files-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="main" busy={each.busy} disabled={!ready}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
