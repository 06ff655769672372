// The first two steps: the same Prompt, once answered and once failing on purpose.
import { type ReactNode, useState } from "react";
import { Button } from "../../kit/button";
import { Field, Text } from "../../kit/field";
import { useKeys } from "../../lib/keys";
import { FaultOf } from "../../parts/fault";
import type { StepProps } from "./part";
import { greeting, path, source } from "./tour";
import { type Answer, type CallRequest, useAnswer } from "./useAnswer";

/** The Prompt runs as it is deployed. */
export function RunIt({ tour }: StepProps) {
  const [name, setName] = useState("Ada");
  const { answer, run } = useAnswer(tour.look);
  return (
    <Run
      answer={answer}
      onRun={() => void run({ path, inputs: { name }, source })}
      text={
        <>
          The Prompt <code>{path}</code> says <q>Hello {"{{name}}"}, …</q>. The model <code>mock/echo</code> answers
          with what it is sent, word by word.
        </>
      }
    >
      <Field label="name">
        <Text value={name} onChange={setName} autoFocus />
      </Field>
    </Run>
  );
}

const failing: CallRequest = {
  path,
  inputs: { name: "Ada" },
  source,
  prompt: { ...greeting, model: "error/rate_limited" },
  draft: true, // makes no version
  max_retries: 1,
};

/** The same with a model that always fails so, and the way out. */
export function BreakIt({ tour }: StepProps) {
  const { answer, run } = useAnswer(tour.look);
  const start = () => void run(failing);
  const withFallback = () => void run({ ...failing, fallbacks: [{ provider: "mock", model: "echo" }] });
  return (
    <Run
      answer={answer}
      onRun={start}
      text={
        <>
          The same on <code>mock/error/rate_limited</code>, which fails as a busy provider does. It is tried twice, two
          seconds apart. The card says whose failure it is, why, what to do, and whether to repeat the call.
        </>
      }
      actions={
        <Button small onClick={withFallback}>
          Run with the fallback mock/echo
        </Button>
      }
    />
  );
}

interface RunProps {
  answer: Answer | undefined;
  onRun: () => void;
  text: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

function Run({ answer, onRun, text, actions, children }: RunProps) {
  useKeys("This step", [{ keys: "mod+Enter", does: "Run", run: onRun }], 2);
  return (
    <>
      <p>{text}</p>
      <div className="welcome-run">
        {children}
        <Button kind="main" keys="mod enter" busy={answer?.running} onClick={onRun}>
          Run
        </Button>
      </div>
      {answer && <Said answer={answer} actions={actions} onRetry={onRun} />}
    </>
  );
}

function Said({ answer, actions, onRetry }: { answer: Answer; actions: ReactNode; onRetry: () => void }) {
  const { text, running, failure } = answer;
  return (
    <>
      {(text || running) && (
        <output className="welcome-answer" aria-label="Answer" aria-busy={running}>
          {text || <span className="dim">Waiting for the answer…</span>}
        </output>
      )}
      {failure && <FaultOf detail={failure} actions={actions} onRetry={onRetry} />}
    </>
  );
}
