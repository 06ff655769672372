import Play from "lucide-react/icons/play";
import Search from "lucide-react/icons/search";
import Star from "lucide-react/icons/star";
import Trash from "lucide-react/icons/trash-2";
import { useState } from "react";
import { Button, IconButton } from "../button";
import { Check, Switch } from "../check";
import { Combobox, Suggest } from "../combobox";
import { Copy } from "../copy";
import { Field, Text, TextArea } from "../field";
import { Kbd } from "../kbd";
import { NumberBox, Slider } from "../number";
import { type Option, Select } from "../select";
import { Part } from "./part";

const models: Option[] = [
  { value: "gpt-5", label: "gpt-5", group: "openai", end: "$1.25 / $10", hint: "400k context · tools · images" },
  { value: "gpt-5-mini", label: "gpt-5-mini", group: "openai", end: "$0.25 / $2" },
  { value: "claude-sonnet-4-5", label: "claude-sonnet-4-5", group: "anthropic", end: "$3 / $15" },
  { value: "old", label: "gpt-3.5-turbo", group: "openai", end: "retired", disabled: true },
  { value: "echo", label: "echo", group: "mock" },
];

export function Controls() {
  return (
    <>
      <Buttons />
      <Fields />
      <Choices />
    </>
  );
}

function Buttons() {
  return (
    <>
      <Part title="Button">
        <Button kind="main" keys="mod enter" icon={<Play size={16} aria-hidden />}>
          Run
        </Button>
        <Button>Save version</Button>
        <Button kind="quiet">Compare</Button>
        <Button kind="danger">Delete File</Button>
        <Button kind="main" disabled>
          Run
        </Button>
        <Button why="Needs the role developer; yours is member.">Deploy to staging</Button>
        <Button kind="main" busy>
          Saving
        </Button>
        <Button small>Set key</Button>
        <Button small kind="quiet" keys="n">
          37 new
        </Button>
      </Part>
      <Part title="IconButton, Copy, Kbd">
        <IconButton label="Search" keys="/">
          <Search size={16} aria-hidden />
        </IconButton>
        <IconButton label="Remember" pressed>
          <Star size={16} aria-hidden />
        </IconButton>
        <IconButton label="Delete" kind="danger">
          <Trash size={16} aria-hidden />
        </IconButton>
        <IconButton label="Delete" disabled>
          <Trash size={16} aria-hidden />
        </IconButton>
        <IconButton label="Loading" busy>
          <Trash size={16} aria-hidden />
        </IconButton>
        <Copy label="Copy id" text="log_8f3kx2" />
        <Copy label="Copy as curl" words kind="plain" text="curl" />
        <span className="dim">
          <Kbd keys="mod k" /> <Kbd keys="g h" /> <Kbd keys="shift x" />
        </span>
      </Part>
    </>
  );
}

function Fields() {
  const [name, setName] = useState("support/triage");
  const [text, setText] = useState("You answer questions of {{company}}'s customers.");
  const [n, setN] = useState<number | undefined>(256);
  const [temperature, setTemperature] = useState<number | undefined>(0.7);
  const [unset, setUnset] = useState<number | undefined>();
  return (
    <Part title="Field: Text, TextArea, NumberBox, Slider" as="grid">
      <Field label="Path" hint="Directories are made as needed." name="path">
        <Text value={name} onChange={setName} />
      </Field>
      <Field label="API key" error="The provider refused this key.">
        <Text value="sk-wrong" onChange={() => {}} mono />
      </Field>
      <Field label="Empty">
        <Text value="" onChange={() => {}} placeholder="Paste an API key" />
      </Field>
      <Field label="Off" disabled>
        <Text value="cannot be changed" onChange={() => {}} disabled />
      </Field>
      <Field label="System message" hint="As high as its text.">
        <TextArea value={text} onChange={setText} mono />
      </Field>
      <Field label="Wrong" error="Line 1, column 4: the variable is not closed.">
        <TextArea value="Hi {{name" onChange={() => {}} />
      </Field>
      <Field label="max_tokens" hint="Not sent while empty.">
        <NumberBox value={n} onChange={setN} min={1} max={100000} unit="tokens" placeholder="not sent" />
      </Field>
      <Field label="temperature">
        <Slider label="temperature" value={temperature} onChange={setTemperature} min={0} max={2} step={0.01} />
      </Field>
      <Field label="top_p">
        <Slider label="top_p" value={unset} onChange={setUnset} min={0} max={1} placeholder="not sent" />
      </Field>
    </Part>
  );
}

function Choices() {
  const [env, setEnv] = useState("production");
  const [model, setModel] = useState("gpt-5");
  const [path, setPath] = useState("support");
  const [checked, check] = useState(true);
  const environments = ["production", "staging", "dev"].map((value) => ({ value, label: value }));
  return (
    <>
      <Part title="Select, Combobox, Suggest" as="grid">
        <Field label="Environment">
          <Select value={env} onChange={setEnv} options={environments} />
        </Field>
        <Field label="Model" hint="Words may stand anywhere: “open mini”.">
          <Combobox value={model} onChange={setModel} options={models} mono />
        </Field>
        <Field label="User">
          <Suggest
            value={path}
            onChange={setPath}
            options={["support", "sales", "success"].map((value) => ({ value, label: value }))}
          />
        </Field>
        <Field label="Nothing chosen" error="Choose an environment.">
          <Select value={undefined} onChange={() => {}} options={environments} />
        </Field>
        <div>
          <Select quiet aria-label="Environment" value={env} onChange={setEnv} options={environments} />
        </div>
      </Part>
      <Part title="Check, Switch">
        <Check label="Delete the Logs too" hint="12,431 Logs" checked={checked} onChange={check} />
        <Check label="Off" checked={false} onChange={() => {}} />
        <Check label="Some" some checked={false} onChange={() => {}} />
        <Check label="Disabled" checked disabled onChange={() => {}} />
        <Switch label="Show drafts" checked={checked} onChange={check} />
        <Switch label="UTC" checked={false} onChange={() => {}} />
        <Switch label="Disabled" checked disabled onChange={() => {}} />
      </Part>
    </>
  );
}
