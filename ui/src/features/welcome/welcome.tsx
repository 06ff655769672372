import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Skeleton } from "../../kit/skeleton";
import { useKeys } from "../../lib/keys";
import { usePage } from "../../lib/page";
import { setPref } from "../../lib/prefs";
import { FaultOfError } from "../../parts/fault";
import { welcome } from "../../routes";
import { CallIt } from "./callit";
import { ProviderList } from "./providers";
import { BreakIt, RunIt } from "./runs";
import { SeeIt } from "./seeit";
import { ShipIt } from "./shipit";
import { nextOf, type Step, steps } from "./tour";
import { type Tour, useTour } from "./useTour";
import "./welcome.css";

/** The first steps: from a call to a deployed version in a minute, with no key and no network. */
export function Welcome() {
  usePage("First steps");
  const tour = useTour();
  return (
    <div className="welcome">
      <div className="welcome-main">
        <Head done={Object.values(tour.done).filter(Boolean).length} />
        <Content tour={tour} />
      </div>
      <ProviderList />
    </div>
  );
}

function Head({ done }: { done: number }) {
  const navigate = useNavigate();
  const close = () => {
    setPref("welcomed", true);
    void navigate({ to: "/" });
  };
  return (
    <header className="welcome-head">
      <div>
        <h1>First steps</h1>
        <p className="dim">
          A minute, with the mock provider: no key, no network, no cost. A step ticks itself off by what the server has
          seen, so a call by curl counts too.
        </p>
      </div>
      <Button kind={done === steps.length ? "main" : "plain"} onClick={close}>
        {done === steps.length ? "Done: close for good" : "Close for good"}
      </Button>
      <p className="unseen" role="status">
        {done} of {steps.length} steps done
      </p>
    </header>
  );
}

function Content({ tour }: { tour: Tour }) {
  const { step } = welcome.useSearch();
  useFirst(tour, step);
  if (tour.why) return <Empty>The first steps need the Prompt tour/greeting, which is not here. {tour.why}</Empty>;
  if (tour.error) return <FaultOfError error={tour.error} retry="Try again" onRetry={tour.retry} />;
  if (!tour.ready || !step) {
    return (
      <div aria-busy="true">
        <Skeleton height={420} />
      </div>
    );
  }
  return <Steps tour={tour} step={step as Step} />;
}

// Without a step in the address, the first is shown that is not done.
function useFirst({ ready, done }: Tour, step: number | undefined): void {
  const navigate = useNavigate();
  const next = ready && step === undefined ? nextOf(done) : undefined;
  useEffect(() => {
    if (next) void navigate({ to: "/welcome", search: { step: next }, replace: true });
  }, [next, navigate]);
}

const parts = { 1: RunIt, 2: BreakIt, 3: SeeIt, 4: ShipIt, 5: CallIt } as const;

function Steps({ tour, step }: { tour: Tour; step: Step }) {
  const navigate = useNavigate();
  const place = useFocus(step);
  const [secret, setSecret] = useState<string>();
  const go = (to: number) => void navigate({ to: "/welcome", search: { step: to }, resetScroll: false });
  const next = step < steps.length ? () => go(step + 1) : undefined;
  useKeys("First steps", [
    { keys: "n", does: "Next step", run: () => next?.() },
    { keys: "b", does: "Step before", run: () => step > 1 && go(step - 1) },
  ]);
  const Part = parts[step];
  return (
    <ol className="welcome-steps" ref={place}>
      {steps.map((name, i) => {
        const number = (i + 1) as Step;
        const done = tour.done[number];
        return (
          <li key={name} data-open={number === step || undefined} data-done={done || undefined}>
            <h2>
              <button type="button" aria-expanded={number === step} onClick={() => go(number)}>
                <span className="welcome-number" aria-hidden="true">
                  {done ? "✓" : number}
                </span>
                {name}
                {done && <span className="unseen"> done</span>}
              </button>
            </h2>
            {number === step && (
              <div className="welcome-step">
                <Part tour={tour} secret={secret} onSecret={setSecret} />
                {next && (
                  <div className="welcome-next">
                    <Button kind={done ? "main" : "quiet"} onClick={next}>
                      {done ? `Next: ${steps[number]}` : "Skip this step"}
                    </Button>
                  </div>
                )}
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

// Moves to the first control of a step when another is opened, and not when the page is.
function useFocus(step: Step) {
  const place = useRef<HTMLOListElement>(null);
  const before = useRef(step);
  useEffect(() => {
    if (before.current === step) return;
    before.current = step;
    place.current?.querySelector<HTMLElement>(".welcome-step :is(input, textarea, button, a)")?.focus();
  }, [step]);
  return place;
}
