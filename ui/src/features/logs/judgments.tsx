import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { evaluatorsQuery } from "../../api/queries/evaluators";
import { type EvaluatorLog, judge, type Log, logQuery } from "../../api/queries/log";
import { Button } from "../../kit/button";
import { Time } from "../../kit/figures";
import { Status } from "../../kit/marks";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { Answer } from "./answer";
import { asked, type Human, type Value, written } from "./feedback";

/** The judgments of a Log: those there are, and what a person may give, correct and withdraw. */
export function Judgments({ log }: { log: Log }) {
  const { data: evaluators } = useQuery(evaluatorsQuery);
  const give = useJudge(log.id);
  const judged = log.evaluator_logs.filter((one): one is EvaluatorLog => one.type === "evaluator");
  const humans = asked(evaluators ?? []);
  const [first] = humans;
  const others = judged.filter(({ evaluator }) => !humans.some(({ path }) => path === evaluator.path)).reverse();
  return (
    <div className="logview-pad logjudgments">
      {humans.map((human) => (
        <Given
          key={human.path}
          human={human}
          latest={judged.findLast(({ evaluator }) => evaluator.path === human.path)}
          busy={give.isPending && give.variables?.path === human.path}
          give={(judgment) => give.mutate({ path: human.path, judgment })}
        />
      ))}
      {give.error && (
        <FaultOfError error={give.error} small onRetry={() => give.variables && give.mutate(give.variables)} />
      )}
      {others.length > 0 && <h3>By Evaluators</h3>}
      {others.map((one) => (
        <Other key={one.id} log={one} />
      ))}
      {first && <AsCall of={() => judge(example(first, log.id))} />}
    </div>
  );
}

/** What the first button of a question sends. */
const example = ({ path, options }: Human, parent_id: string) => ({
  path,
  parent_id,
  judgment: options[0]?.value ?? "",
});

function useJudge(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ path, judgment }: { path: string; judgment: Value | null }) =>
      judge({ path, parent_id: id, judgment }),
    onSuccess: () => queries.invalidateQueries({ queryKey: logQuery(id).queryKey }),
  });
}

interface GivenProps {
  human: Human;
  latest: EvaluatorLog | undefined;
  busy: boolean;
  give: (judgment: Value | null) => void;
}

function Given({ human, latest, busy, give }: GivenProps) {
  const [correcting, correct] = useState(false);
  const value = latest?.judgment ?? undefined;
  const there = value !== undefined && value !== null;
  return (
    <section className="logjudgment" aria-label={human.path} aria-busy={busy || undefined}>
      <h3>{human.path}</h3>
      {human.instructions && <p className="dim">{human.instructions}</p>}
      {there && (
        <p className="logjudgment-said">
          <span className="logjudgment-value">{written(value)}</span>
          <span className="dim">
            <Time at={latest?.created_at} />
            {latest?.user && ` by ${latest.user}`}
          </span>
          {human.type === "text" || human.type === "number" ? (
            <Button small kind="quiet" onClick={() => correct(!correcting)}>
              Change
            </Button>
          ) : null}
          <Button small kind="quiet" busy={busy} onClick={() => give(null)}>
            Withdraw
          </Button>
        </p>
      )}
      {(!there || correcting || human.options.length > 0) && (
        <Answer
          key={String(value)}
          human={human}
          value={there ? value : undefined}
          busy={busy}
          give={(next) => {
            correct(false);
            give(next);
          }}
        />
      )}
    </section>
  );
}

function Other({ log }: { log: EvaluatorLog }) {
  const { evaluator, judgment, error, created_at: at } = log;
  return (
    <section className="logjudgment" aria-label={evaluator.path}>
      <h3>{evaluator.path}</h3>
      <p className="logjudgment-said">
        {error ? <Status state="bad">failed</Status> : <span className="logjudgment-value">{written(judgment)}</span>}
        <span className="dim">
          <Time at={at} />
        </span>
      </p>
      {error && <p className="logview-error">{error}</p>}
    </section>
  );
}
