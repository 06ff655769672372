// What names a thing in one glance: a version, an environment, whose failure, how it went, what kind of File.
import Bot from "lucide-react/icons/bot";
import Database from "lucide-react/icons/database";
import Gauge from "lucide-react/icons/gauge";
import MessageSquareText from "lucide-react/icons/message-square-text";
import Workflow from "lucide-react/icons/workflow";
import Wrench from "lucide-react/icons/wrench";
import type { ReactNode } from "react";
import { shortId } from "../lib/format";
import { seriesOf } from "../lib/series";
import "./marks.css";

interface VersionProps {
  id: string;
  /** Shown instead of the id when there is one. */
  name?: string | null;
  /** It is not what is deployed: true, or in which way ("temperature 0.2 → 0.7"). */
  differs?: boolean | string;
}

/** A version: a dot in its own colour, then its name or short id. */
export function Version({ id, name, differs }: VersionProps) {
  const why = typeof differs === "string" ? `Differs from deployed: ${differs}` : "Differs from deployed";
  return (
    <span className="version" title={differs ? `${id}\n${why}` : id}>
      <span className="version-dot" style={{ background: seriesOf(id) }} aria-hidden="true" />
      <span className={name ? "cut" : "cut mono"}>{name || shortId(id)}</span>
      {differs && (
        <span className="version-differs">
          <span aria-hidden="true">≠</span>
          <span className="unseen">{why}</span>
        </span>
      )}
    </span>
  );
}

/** An environment. The default one is filled. */
export function Env({ name, main }: { name: string; main?: boolean }) {
  return (
    <span className="pill" data-main={main || undefined}>
      {name}
    </span>
  );
}

/** Whose failure it is, as the error contract classes origins. */
export type Whose = "caller" | "provider" | "server";

const whoseWords: Record<Whose, string> = { caller: "yours", provider: "provider’s", server: "server’s" };

/** Whose failure it is, in a word and a colour. `name` is the provider's. */
export function Origin({ origin, name }: { origin: Whose; name?: string }) {
  return (
    <span className="origin" data-origin={origin}>
      {whoseWords[origin]}
      {name && origin === "provider" && <span className="origin-name">{name}</span>}
    </span>
  );
}

/** How it went. warn is an end that is no failure, as one that was cut. */
export type State = "good" | "bad" | "warn" | "running" | "none";
const stateSigns: Record<State, string> = { good: "✓", bad: "✕", warn: "!", running: "…", none: "–" };

/** A sign and a word; the colour is never alone. */
export function Status({ state, children }: { state: State; children: ReactNode }) {
  return (
    <span className="status" data-state={state}>
      <span className="status-sign" aria-hidden="true">
        {stateSigns[state]}
      </span>
      <span className="cut">{children}</span>
    </span>
  );
}

/** The kinds of Files, and of what they log. */
export type IconKind = "prompt" | "tool" | "dataset" | "evaluator" | "flow" | "agent";
const icons = {
  prompt: MessageSquareText,
  tool: Wrench,
  dataset: Database,
  evaluator: Gauge,
  flow: Workflow,
  agent: Bot,
};

/** The icon of a kind of File, named for those who do not see it unless `bare`: then the word stands beside it. */
export function KindIcon({ kind, bare, size = 16 }: { kind: IconKind; bare?: boolean; size?: number }) {
  const Icon = icons[kind];
  return bare ? (
    <Icon size={size} className="kind-icon" aria-hidden />
  ) : (
    <Icon size={size} className="kind-icon" role="img" aria-label={kind} />
  );
}
