import { useState } from "react";
import { Button } from "../button";
import { Fault, type FaultDetail } from "../fault";
import { Latency, Money, Share, Time, Tokens } from "../figures";
import { Env, type IconKind, KindIcon, Origin, type State, Status, Version } from "../marks";
import { Part } from "./part";

const ids = ["prv_8f3kq02mxz11", "prv_a", "prv_b", "prv_c", "prv_d", "prv_e", "prv_f", "prv_g", "prv_h"];
const kinds: IconKind[] = ["prompt", "tool", "dataset", "evaluator", "flow", "agent"];
const states: [State, string][] = [
  ["good", "complete"],
  ["bad", "rate_limited"],
  ["warn", "cut at max_tokens"],
  ["running", "running"],
  ["none", "not run"],
];
const limited: FaultDetail = {
  origin: "OpenAI",
  origin_class: "provider",
  provider: "openai",
  model: "gpt-5",
  reason: "rate_limited",
  message:
    "Rate limit reached for gpt-5 in organization org-x on tokens per min (TPM): limit 30000, used 29120, requested 1870.",
  retryable: true,
  retry_after: 12,
  provider_status: 429,
  provider_code: "rate_limit_exceeded",
  provider_request_id: "req_011CSHoEeqs5C35K2UUqR7Fy",
  request_id: "req_01k2m3n4",
  attempts: [
    { provider: "openai", model: "gpt-5", reason: "rate_limited", provider_status: 429, ms: 320 },
    { provider: "openai", model: "gpt-5", reason: "rate_limited", provider_status: 429, ms: 280, waited_ms: 1200 },
    { provider: "anthropic", model: "claude-sonnet-4-5", ms: 840, waited_ms: 60 },
  ],
};

export function Figures() {
  const [again, setAgain] = useState(0);
  const minutes = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
  return (
    <>
      <Part title="Time, Money, Tokens, Latency, Share">
        <Time at={minutes(4)} /> <Time at={minutes(200)} as="short" /> <Time at={minutes(3000)} as="full" />
        <Time at={undefined} />
        <Money value={0.0042} /> <Money value={12.3} /> <Money value={undefined} /> <Money value={0} />
        <Tokens value={12431} kinds={{ input: 12000, cached: 9000, output: 431 }} />
        <Latency value={0.84} /> <Latency value={12.3} /> <Share part={8} of={200} />
      </Part>
      <Part title="Version, Env, Origin, Status, KindIcon">
        {ids.map((id) => (
          <Version key={id} id={id} />
        ))}
        <Version id="prv_8f3kq02mxz11" name="shorter answers" differs="temperature 0.2 → 0.7" />
        <Env name="production" main /> <Env name="staging" />
        <Origin origin="caller" /> <Origin origin="provider" name="openai" /> <Origin origin="server" />
        {states.map(([state, word]) => (
          <Status key={state} state={state}>
            {word}
          </Status>
        ))}
        {kinds.map((kind) => (
          <span key={kind}>
            <KindIcon kind={kind} bare /> {kind}
          </span>
        ))}
      </Part>
      <Part title="Fault, Attempts" as="stack">
        <Fault
          key={again}
          detail={limited}
          words="Too many requests to the provider"
          todo={["Wait 12 seconds; a repeated call will succeed.", "Add a fallback, which the server tries by itself."]}
          onRetry={() => setAgain(again + 1)}
          actions={<Button small>Add fallback</Button>}
          links={<a href="#reason">What this reason means</a>}
        />
        <Fault
          detail={{
            origin: "Openloop",
            origin_class: "caller",
            reason: "input_invalid",
            message: "The request does not fit the Prompt.",
            retryable: false,
            request_id: "req_01k2m3n5",
            errors: [
              { param: "inputs.company", message: "is missing" },
              { loc: ["body", "temperature"], message: "must be at most 2" },
            ],
          }}
          onRetry={() => {}}
          todo={["Give the variable a value."]}
        />
        <Fault
          small
          detail={{
            origin: "Openloop",
            reason: "server_unreachable",
            message: "The server did not answer.",
            retryable: true,
          }}
          onRetry={() => {}}
          retry="Try now"
        />
      </Part>
    </>
  );
}
