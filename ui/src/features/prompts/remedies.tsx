import { Link } from "@tanstack/react-router";
import { Button } from "../../kit/button";
import { reveal } from "./reveal";

/** What a failure of a run can be met with, besides running again. */
export type Remedy = "key" | "model" | "shorten" | "fallback" | "inputs" | "template" | "limits";

const remedies: Record<string, Remedy> = {
  provider_key_missing: "key",
  invalid_api_key: "key",
  permission_denied: "key",
  account_disabled: "key",
  billing: "key",
  quota_exhausted: "key",
  model_not_found: "model",
  endpoint_not_found: "model",
  region_not_supported: "model",
  model_not_ready: "model",
  unknown_provider: "model",
  context_length_exceeded: "shorten",
  request_too_large: "shorten",
  rate_limited: "fallback",
  overloaded: "fallback",
  provider_internal: "fallback",
  provider_unreachable: "fallback",
  malformed_provider_response: "fallback",
  timeout: "fallback",
  stream_interrupted: "fallback",
  missing_inputs: "inputs",
  template_invalid: "template",
  content_filtered: "template",
  model_output_invalid: "model",
};

/** The remedy for a reason; undefined where what the card says is all there is. */
export const remedyFor = (reason: string): Remedy | undefined => remedies[reason];

interface Props {
  reason: string;
  /** A saved version is not edited here: another panel is the way on. */
  onOther?: () => void;
  onFallback?: () => void;
  onLimit?: () => void;
}

/** The buttons that fit a reason. */
export function Remedies({ reason, onOther, onFallback, onLimit }: Props) {
  switch (remedyFor(reason)) {
    case "key":
      return (
        <Link to="/settings/$section" params={{ section: "providers" }} className="button button-plain button-small">
          Set the provider’s key
        </Link>
      );
    case "model":
      return <Act does="Choose another model" onClick={onOther ?? (() => reveal("model"))} />;
    case "shorten":
      return onLimit ? <Act does="Ask for a shorter answer" onClick={onLimit} /> : null;
    case "fallback":
      return onFallback ? <Act does="Add a fallback" onClick={onFallback} /> : null;
    case "inputs":
      return <Act does="Go to the inputs" onClick={() => reveal("inputs")} />;
    case "template":
      return onOther ? null : <Act does="Go to the template" onClick={() => reveal("template.0")} />;
    default:
      return null;
  }
}

const Act = ({ does, onClick }: { does: string; onClick: () => void }) => (
  <Button small onClick={onClick}>
    {does}
  </Button>
);
