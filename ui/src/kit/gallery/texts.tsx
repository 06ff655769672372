import { useState } from "react";
import { Button } from "../button";
import { Code } from "../code";
import { Diff } from "../diff";
import { Field } from "../field";
import { Json } from "../json";
import { setMarkdown, useMarkdown } from "../markdown";
import { Message } from "../message";
import { Part } from "./part";

const before =
  "You answer questions of {{company}}'s customers.\n\nAnswer in English.\nBe brief.\nNever promise a refund.\nSign as {{agent}}.\n1\n2\n3\n4\n5\n6\n7\n8\n";
const after = before.replace("English", "German").replace("Be brief.\n", "").replace("8\n", "8\nSay thanks.\n");
const markdown =
  '## Steps\n\n1. Open **Settings**, then *Account*.\n2. Press `Change address`.\n\n| plan | price |\n| --- | ---: |\n| free | $0 |\n| team | $20 |\n\n> Ask if unsure.\n\n<script>alert(1)</script>\n\n[Docs](https://example.com) and [bad](javascript:alert(1)) ![chart](https://example.com/x.png)\n\n```json\n{"a": 1}\n```\n';
const dot =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export function Texts() {
  return (
    <>
      <Editors />
      <Part title="Diff" as="stack">
        <Diff before={before} after={after} names={["deployed", "draft"]} />
        <Diff before={before} after={after} names={["deployed", "draft"]} view="unified" />
        <Diff before={before} after={before} names={["deployed", "draft"]} />
      </Part>
      <Messages />
    </>
  );
}

function Editors() {
  const [text, setText] = useState("You answer questions of {{company}}'s customers.\nSign as {{nobody}}.");
  const [jinja, setJinja] = useState("{% for row in rows %}\n- {{ row.name|upper }} of {{ company }}\n{% endfor %}");
  const [python, setPython] = useState(
    'def evaluator(log, testcase):\n    # as short as asked?\n    return len(log["output"]) < 200\n',
  );
  return (
    <Part title="Code, Json" as="grid">
      <Code
        label="Template"
        value={text}
        onChange={setText}
        template="default"
        variables={["company", "agent"]}
        unknown={["agent"]}
        least={3}
        most={12}
      />
      <Code label="Jinja template" value={jinja} onChange={setJinja} template="jinja" least={3} />
      <Code
        label="Evaluator"
        value={python}
        onChange={setPython}
        language="python"
        numbers
        marks={[{ line: 3, column: 12, message: "The output may be empty." }]}
      />
      <Code label="Empty" value="" onChange={() => {}} placeholder="What the user says" least={2} />
      <Field label="Read only">
        <Code label="Read only" value={'{"a": [1, 2, true, null, "text"]}'} language="json" />
      </Field>
      <Json
        label="Request"
        value={{ model: "gpt-5", messages: [{ role: "user", content: "Hello" }], temperature: 0.2 }}
      />
      <Button onClick={() => setText(`${text}\nFrom outside.`)}>Change the template from outside</Button>
    </Part>
  );
}

function Messages() {
  const on = useMarkdown();
  const long = Array.from({ length: 120 }, (_, i) => `Line ${i + 1} of a long answer.`).join("\n");
  return (
    <Part title="Message, ToolCall, Markdown" as="stack">
      <div>
        <Button onClick={() => setMarkdown(!on)}>{on ? "As it is" : "Markdown"}</Button>
      </div>
      <Message by="system" parts={[{ type: "text", text: "You answer questions of Acme's customers." }]} />
      <Message
        by="user"
        name="anna"
        parts={[
          { type: "text", text: "How do I change my address?" },
          { type: "image", url: dot, alt: "a green dot" },
          { type: "image", url: "https://example.com/photo.png" },
          { type: "file", name: "invoice.pdf", size: 48_213 },
        ]}
      />
      <Message
        by="assistant"
        parts={[{ type: "text", text: markdown }]}
        reasoning={"The person wants to move.\nI look it up."}
        aside="840 ms · 431 tokens"
      />
      <Message
        by="assistant"
        parts={[]}
        calls={[{ id: "call_1", name: "look_up", args: '{"topic":"address","lang":"en"}', result: '{"found":true}' }]}
      />
      <Message by="assistant" parts={[{ type: "text", text: long }]} />
      <Message by="assistant" parts={[{ type: "text", text: "Open Settings, then" }]} streaming />
    </Part>
  );
}
