import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import Ellipsis from "lucide-react/icons/ellipsis";
import Plus from "lucide-react/icons/plus";
import { memo } from "react";
import { Button, IconButton } from "../../kit/button";
import { Code } from "../../kit/code";
import { Empty } from "../../kit/empty";
import { Menu } from "../../kit/menu";
import { Select } from "../../kit/select";
import { useEvent } from "../../lib/useEvent";
import { type Content, having, imagesOf, type Message, messagesOf, type Role, saying, textOf } from "./content";
import { Images, imageIn } from "./images";
import { ToolCalls } from "./toolcalls";
import type { Variables } from "./variables";

interface Props {
  content: Content;
  onChange: (content: Content) => void;
  variables: Variables;
}

const roles: Role[] = ["system", "user", "assistant", "tool", "developer"];
const options = roles.map((value) => ({ value, label: value[0]?.toUpperCase() + value.slice(1) }));

/** The template: messages of a chat, or the text of a completion. */
export function Template({ content, onChange, variables }: Props) {
  const language = content.template_language ?? "default";
  if (content.endpoint === "complete") {
    const text = typeof content.template === "string" ? content.template : messagesOf(content).map(textOf).join("\n\n");
    return (
      <Code
        label="Template"
        template={language}
        variables={variables.names}
        unknown={variables.unknown}
        value={text}
        onChange={(template) => onChange(having(content, "template", template))}
        marks={variables.marksOf(undefined)}
        least={6}
      />
    );
  }
  const messages = messagesOf(content);
  if (messages.length === 0) return <Nothing onBegin={() => onChange(having(content, "template", example))} />;
  return (
    <Messages
      variables={variables}
      field="template"
      messages={messages}
      onChange={(next) => onChange(having(content, "template", next))}
      marks={(index) => variables.marksOf(index)}
      name="Template"
      language={language}
    />
  );
}

const example: Message[] = [
  { role: "system", content: "Answer in one short paragraph." },
  { role: "user", content: "{{question}}" },
];

const Nothing = ({ onBegin }: { onBegin: () => void }) => (
  <Empty
    action={
      <Button small onClick={onBegin}>
        Begin with an example
      </Button>
    }
  >
    There is no template yet: calls send their own messages alone.
  </Empty>
);

interface MessagesProps {
  messages: Message[];
  onChange: (messages: Message[]) => void;
  marks?: (index: number) => ReturnType<Variables["marksOf"]>;
  name: string;
  /** What failures call the list: "template", "messages". */
  field: string;
  /** Variables are marked. Without it, messages are what they say. */
  language?: "default" | "jinja";
  variables?: Variables;
}

/** Messages that are edited one by one. */
export function Messages({ messages, onChange, marks, name, field, language, variables }: MessagesProps) {
  const put = (at: number, message: Message) => onChange(messages.with(at, message));
  const move = (from: number, to: number) => {
    const next = messages.toSpliced(from, 1);
    onChange(next.toSpliced(to, 0, messages[from] as Message));
  };
  const add = (role: Role) => onChange([...messages, { role, content: "" }]);
  const nextRole: Role = messages.length === 0 ? "system" : messages.at(-1)?.role === "user" ? "assistant" : "user";
  return (
    <div className="prompt-messages">
      {messages.map((message, at) => (
        <MessageEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: a message has no other name than its place
          key={at}
          label={`${name}, message ${at + 1}`}
          field={`${field}.${at}`}
          variables={variables}
          message={message}
          onChange={(next) => put(at, next)}
          marks={marks?.(at)}
          language={language}
          onMove={(by) => move(at, at + by)}
          first={at === 0}
          last={at === messages.length - 1}
          onRemove={() => onChange(messages.toSpliced(at, 1))}
        />
      ))}
      <Button small kind="quiet" icon={<Plus size={14} aria-hidden />} onClick={() => add(nextRole)}>
        Message
      </Button>
    </div>
  );
}

interface MessageProps {
  label: string;
  field: string;
  variables: Variables | undefined;
  language: MessagesProps["language"];
  message: Message;
  onChange: (message: Message) => void;
  marks: ReturnType<Variables["marksOf"]> | undefined;
  onMove: (by: number) => void;
  first: boolean;
  last: boolean;
  onRemove: () => void;
}

function MessageEditor(props: MessageProps) {
  const { label, field, language, variables, message, onChange, marks, onMove, first, last, onRemove } = props;
  const images = imagesOf(message);
  const edit = useEvent((made: (message: Message) => Message) => onChange(made(message)));
  const move = useEvent(onMove);
  const remove = useEvent(onRemove);
  const take = (files: FileList | null | undefined) => {
    const image = imageIn(files);
    if (!image) return false;
    void image.then((url) => onChange(saying(message, textOf(message), [...images, url])));
    return true;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: images may be dropped here; the menu adds them with the keyboard
    <section
      className="prompt-message"
      onDrop={(event) => take(event.dataTransfer.files) && event.preventDefault()}
      onPaste={(event) => take(event.clipboardData.files) && event.preventDefault()}
    >
      <MessageHead
        label={label}
        role={message.role}
        edit={edit}
        onMove={move}
        first={first}
        last={last}
        onRemove={remove}
      />
      <div data-field={field}>
        <Code
          label={label}
          template={language}
          variables={variables?.names}
          unknown={variables?.unknown}
          value={textOf(message)}
          onChange={(text) => onChange(saying(message, text, images))}
          marks={marks}
          least={2}
          bare
        />
      </div>
      {images.length > 0 && (
        <Images urls={images} onChange={(urls) => onChange(saying(message, textOf(message), urls))} />
      )}
      <ToolCalls message={message} onChange={onChange} />
    </section>
  );
}

interface HeadProps extends Pick<MessageProps, "label" | "onMove" | "first" | "last" | "onRemove"> {
  role: Role;
  edit: (made: (message: Message) => Message) => void;
}

// A key in the message does not make its head anew.
const MessageHead = memo(function MessageHead({ label, role, edit, onMove, first, last, onRemove }: HeadProps) {
  return (
    <header className="prompt-message-head">
      <Select
        quiet
        aria-label={`${label}, role`}
        value={role}
        onChange={(next) => edit((message) => ({ ...message, role: next }))}
        options={options}
      />
      <span className="prompt-message-tools">
        <IconButton small label="Move up" disabled={first} onClick={() => onMove(-1)}>
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton small label="Move down" disabled={last} onClick={() => onMove(1)}>
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <MessageMenu role={role} edit={edit} onRemove={onRemove} />
      </span>
    </header>
  );
});

function MessageMenu({ role, edit, onRemove }: Pick<HeadProps, "role" | "edit" | "onRemove">) {
  const addUrl = (url: string) => edit((message) => saying(message, textOf(message), [...imagesOf(message), url]));
  const addImage = () => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.onchange = () => void imageIn(input.files)?.then(addUrl);
    input.click();
  };
  const addCall = () =>
    edit((message) => {
      const calls = message.tool_calls ?? [];
      const call = {
        id: `call_${calls.length + 1}`,
        type: "function" as const,
        function: { name: "", arguments: "{}" },
      };
      return { ...message, tool_calls: [...calls, call] };
    });
  return (
    <Menu
      align="end"
      trigger={
        <IconButton small label="More for this message">
          <Ellipsis size={14} aria-hidden />
        </IconButton>
      }
      entries={[
        { label: "Add an image…", onSelect: addImage },
        {
          label: "Add an image by its address",
          hint: "The provider loads it; this page does not.",
          onSelect: () => addUrl("https://"),
        },
        ...(role === "assistant" ? [{ label: "Add a tool call", onSelect: addCall }] : []),
        "line",
        { label: "Remove message", onSelect: onRemove, danger: true },
      ]}
    />
  );
}
