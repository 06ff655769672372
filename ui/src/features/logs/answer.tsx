import ThumbsDown from "lucide-react/icons/thumbs-down";
import ThumbsUp from "lucide-react/icons/thumbs-up";
import { useState } from "react";
import { Button } from "../../kit/button";
import { Text, TextArea } from "../../kit/field";
import type { Human, Value } from "./feedback";

interface Props {
  human: Human;
  value: Value | undefined;
  busy: boolean;
  give: (value: Value) => void;
}

/** Where a person gives a judgment: a press on a choice, or a text or number that is sent. */
export function Answer(props: Props) {
  const { type } = props.human;
  if (type === "text" || type === "number") return <Typed {...props} />;
  return type === "multi_select" ? <Several {...props} /> : <Choice {...props} />;
}

const icons = { positive: <ThumbsUp size={14} aria-hidden />, negative: <ThumbsDown size={14} aria-hidden /> };

function Choice({ human, value, busy, give }: Props) {
  return (
    <fieldset className="loganswer" aria-label={human.path}>
      {human.options.map(({ value: option, label, valence }) => (
        <Button
          key={label}
          small
          busy={busy && value !== option}
          aria-pressed={value === option}
          icon={valence && valence !== "neutral" ? icons[valence] : undefined}
          onClick={() => give(option)}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  );
}

function Several({ human, value, busy, give }: Props) {
  const [chosen, choose] = useState<readonly string[]>(Array.isArray(value) ? value : []);
  const toggle = (name: string) =>
    choose(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  return (
    <fieldset className="loganswer" aria-label={human.path}>
      {human.options.map(({ label }) => (
        <Button key={label} small aria-pressed={chosen.includes(label)} onClick={() => toggle(label)}>
          {label}
        </Button>
      ))}
      <Button small kind="main" busy={busy} onClick={() => give([...chosen])}>
        Save
      </Button>
    </fieldset>
  );
}

function Typed({ human, value, busy, give }: Props) {
  const [typed, setTyped] = useState(value === undefined ? "" : String(value));
  const number = human.type === "number";
  const said = number ? Number(typed) : typed;
  const ready = typed.trim() !== "" && (!number || Number.isFinite(said));
  const send = () => ready && give(said);
  return (
    <form
      className="loganswer loganswer-typed"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {number ? (
        <Text type="number" {...human.limits} aria-label={human.path} value={typed} onChange={setTyped} />
      ) : (
        <TextArea
          rows={2}
          aria-label={human.path}
          placeholder={human.path === "correction" ? "What the answer should have been" : undefined}
          value={typed}
          onChange={setTyped}
          onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send()}
        />
      )}
      <Button small type="submit" busy={busy} disabled={!ready} keys="mod enter">
        Save
      </Button>
    </form>
  );
}
