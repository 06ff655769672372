import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { stopped } from "../../api/failure";
import { Attempts } from "../../kit/attempts";
import { Button } from "../../kit/button";
import { Latency, Money, Tokens } from "../../kit/figures";
import { Status } from "../../kit/marks";
import { Message } from "../../kit/message";
import { Tabs } from "../../kit/tabs";
import { span } from "../../lib/format";
import { FaultOf } from "../../parts/fault";
import type { Answer } from "./answer";
import { faultsOf } from "./check";
import { reveal } from "./reveal";
import type { Outcome } from "./run";

interface Props {
  outcome: Outcome;
  onAgain: () => void;
  /** Makes the answer part of the conversation; after calls of tools with a half-filled message for the result of each. */
  onContinue?: (answer: Answer) => void;
  /** The buttons that fit the reason of a failure. */
  remedies?: (reason: string) => ReactNode;
  /** Lets answers be longer, where that can be set. */
  onLonger?: () => void;
}

/** What a run came to: an answer, or one a tab if several were asked for. */
export function Answers(props: Props) {
  const { outcome } = props;
  const [tab, setTab] = useState("0");
  const view = (answer: Answer) => <AnswerView {...props} answer={answer} />;
  const [only, ...others] = outcome.answers;
  if (only && others.length === 0) return view(only);
  return (
    <Tabs
      label="Answers"
      value={tab}
      onChange={setTab}
      tabs={outcome.answers.map((answer) => ({
        id: String(answer.index),
        label: answer.failure ? `✕ ${answer.index + 1}` : String(answer.index + 1),
        content: () => view(answer),
      }))}
    />
  );
}

interface ViewProps extends Props {
  answer: Answer;
}

function AnswerView({ answer, outcome, onAgain, onContinue, remedies, onLonger }: ViewProps) {
  const done = answer.message !== undefined;
  const said = answer.text !== "" || answer.thinking !== "" || answer.calls.length > 0;
  return (
    <div className="prompt-answer">
      {said && (
        <Message
          by="assistant"
          parts={[{ type: "text", text: answer.text }]}
          reasoning={answer.thinking || undefined}
          calls={answer.calls.map((call) => ({
            id: call.id,
            name: call.function.name,
            args: call.function.arguments ?? "",
          }))}
          streaming={outcome.running && !answer.failure && !done}
        />
      )}
      {answer.failure && answer.failure.reason === stopped && <p className="dim">Stopped.</p>}
      {answer.failure && answer.failure.reason !== stopped && (
        <FaultOf
          detail={answer.failure}
          onRetry={onAgain}
          actions={remedies?.(answer.failure.reason)}
          onParam={reveal}
        />
      )}
      {done && <Check answer={answer} outcome={outcome} />}
      <Figures answer={answer} outcome={outcome} />
      {answer.attempts.length > 1 && <Attempts attempts={answer.attempts} />}
      {done && onContinue && (
        <div className="prompt-answer-actions">
          <Button small kind={answer.calls.length > 0 ? "plain" : "quiet"} onClick={() => onContinue(answer)}>
            {answer.calls.length > 0 ? "Give the tool’s result" : "Go on from here"}
          </Button>
          {answer.finish === "length" && onLonger && (
            <Button small onClick={onLonger}>
              Raise max tokens
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

// Check says whether the answer is of the form that it had to have.
function Check({ answer, outcome }: Pick<ViewProps, "answer" | "outcome">) {
  if (answer.calls.length > 0 && answer.text === "") return null;
  const faults = faultsOf(answer.text, outcome.format);
  if (!faults) return null;
  if (faults.length === 0) return <Status state="good">Fits the response format</Status>;
  return (
    <ul className="prompt-misfits" aria-label="Against the response format">
      {faults.map((fault) => (
        <li key={fault}>
          <Status state="bad">{fault}</Status>
        </li>
      ))}
    </ul>
  );
}

// What is done is read aloud once, and not token by token.
function Figures({ answer, outcome }: Pick<ViewProps, "answer" | "outcome">) {
  const done = answer.message !== undefined || answer.failure !== undefined;
  return (
    <footer className="prompt-figures">
      <span className="unseen" role="status">
        {answer.message ? `Answered: ${answer.text.slice(0, 500)}` : ""}
      </span>
      {!done && outcome.running && (
        <span className="dim">{outcome.firstToken === undefined ? "Waiting…" : "Streaming…"}</span>
      )}
      {outcome.firstToken !== undefined && (
        <span title="Time to first token">{span(outcome.firstToken / 1000)} to first</span>
      )}
      {done && (
        <>
          {answer.latency !== undefined && <Latency value={answer.latency} />}
          {answer.promptTokens !== undefined && <TokensOf answer={answer} />}
          {answer.message && <Money value={answer.cost} />}
          {answer.finish && answer.finish !== "stop" && <code>{answer.finish}</code>}
        </>
      )}
      {answer.log && !answer.failure && (
        <Link to="/logs/$id" params={{ id: answer.log }} className="mono">
          Log
        </Link>
      )}
    </footer>
  );
}

function TokensOf({ answer }: { answer: Answer }) {
  const { promptTokens: input = 0, outputTokens: output = 0, reasoningTokens: reasoning } = answer;
  return (
    <span>
      <Tokens value={input + output} kinds={{ input, output, reasoning }} /> tokens
    </span>
  );
}
