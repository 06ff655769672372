import ThumbsDown from "lucide-react/icons/thumbs-down";
import ThumbsUp from "lucide-react/icons/thumbs-up";
import { IconButton } from "../../kit/button";
import { short } from "../../lib/clock";
import { span } from "../../lib/format";
import type { Past } from "./history";

interface Props {
  past: Past[];
  /** Shows a run again, with the content, inputs and messages that it had. */
  onOpen: (past: Past) => void;
  onRate: (at: number, rating: Past["rating"]) => void;
}

/** The runs of this browser, the newest first. */
export function HistoryStrip({ past, onOpen, onRate }: Props) {
  if (past.length === 0) return null;
  return (
    <section className="prompt-history" aria-label="Earlier runs">
      <h3>Earlier runs on this browser</h3>
      <ol>
        {past.map((run) => (
          <li key={run.at} className="prompt-history-run">
            <button type="button" className="prompt-history-open" onClick={() => onOpen(run)}>
              <time dateTime={new Date(run.at).toISOString()}>{short(new Date(run.at))}</time>
              <code className="cut">{run.label}</code>
              <span className="cut dim">{said(run)}</span>
              {run.outcome.took !== undefined && <span className="dim">{span(run.outcome.took / 1000)}</span>}
            </button>
            <Rate run={run} onRate={onRate} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Rate({ run, onRate }: { run: Past; onRate: Props["onRate"] }) {
  const toggle = (rating: "good" | "bad") => onRate(run.at, run.rating === rating ? undefined : rating);
  return (
    <>
      <IconButton small label="Good" pressed={run.rating === "good"} onClick={() => toggle("good")}>
        <ThumbsUp size={14} aria-hidden />
      </IconButton>
      <IconButton small label="Bad" pressed={run.rating === "bad"} onClick={() => toggle("bad")}>
        <ThumbsDown size={14} aria-hidden />
      </IconButton>
    </>
  );
}

const said = ({ outcome }: Past): string => {
  const [answer] = outcome.answers;
  return answer?.failure ? `✕ ${answer.failure.reason}` : (answer?.text.slice(0, 120) ?? "");
};
