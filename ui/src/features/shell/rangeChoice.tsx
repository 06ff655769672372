import { useNavigate, useSearch } from "@tanstack/react-router";
import Clock from "lucide-react/icons/clock";
import { useState } from "react";
import { Button } from "../../kit/button";
import { Field, Text } from "../../kit/field";
import { useZone } from "../../kit/now";
import { Popover } from "../../kit/popover";
import { zone } from "../../lib/clock";
import { bounds, defaultLast, inputOf, type Range, rangeLabel, ranges, timeOf } from "../../lib/range";

/** The screens that look at a range of time. */
const screens = ["/", "/logs", "/files/$id/logs", "/errors/$reason"];

/** Chooses the range of time that the screen looks at, and writes it into the address. */
export function RangeChoice({ route = "" }: { route?: string }) {
  return screens.includes(route) ? <Choice /> : null;
}

const rangeIn = ({ last, from, to }: Range) => ({ last, from, to });

function Choice() {
  const range = useSearch({ strict: false, select: rangeIn, structuralSharing: true }) as Range;
  useZone(); // in which the range is said
  const navigate = useNavigate();
  const choose = ({ last, from, to }: Range) =>
    navigate({ to: ".", search: (before) => ({ ...before, last, from, to }) as never });
  return (
    <Popover
      title="Time range"
      bare
      align="end"
      trigger={
        <Button kind="quiet" className="range" icon={<Clock size={14} aria-hidden />}>
          <span className="unseen">Time range: </span>
          {rangeLabel(range)}
        </Button>
      }
    >
      {(close) => (
        <Ranges
          range={range}
          choose={(next) => {
            void choose(next);
            close();
          }}
        />
      )}
    </Popover>
  );
}

interface Props {
  range: Range;
  choose: (range: Range) => void;
}

function Ranges({ range, choose }: Props) {
  const chosen = range.from || range.to ? undefined : (range.last ?? defaultLast);
  return (
    <div className="ranges">
      <ul>
        {ranges.map(({ last, label }) => (
          <li key={last}>
            <button
              type="button"
              className="ranges-one"
              aria-pressed={chosen === last}
              onClick={() => choose({ last: last === defaultLast ? undefined : last })}
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
      <Between range={range} choose={choose} />
    </div>
  );
}

function Between({ range, choose }: Props) {
  const shown = bounds(range);
  const [from, setFrom] = useState(inputOf(shown.from));
  const [to, setTo] = useState(inputOf(shown.to ?? new Date()));
  const said = { from: timeOf(from), to: timeOf(to) };
  const wrong = said.from && said.to && said.from >= said.to ? "The end is not after the beginning." : undefined;
  return (
    <form
      className="ranges-between"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) choose(said);
      }}
    >
      <Field label={`From (${zone()})`}>
        <Text type="datetime-local" value={from} onChange={setFrom} />
      </Field>
      <Field label={`To (${zone()})`} error={wrong}>
        <Text type="datetime-local" value={to} onChange={setTo} />
      </Field>
      <Button type="submit" disabled={!said.from || !!wrong}>
        Show this range
      </Button>
    </form>
  );
}
