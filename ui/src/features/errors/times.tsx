import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { failuresQuery, type StatsReason, seriesQuery } from "../../api/queries/stats";
import { Bars } from "../../kit/bars";
import { Time } from "../../kit/figures";
import { Skeleton } from "../../kit/skeleton";
import { exact, plural } from "../../lib/format";
import { asked, type Range, rangeLabel } from "../../lib/range";
import { FaultOfError } from "../../parts/fault";
import { Traffic } from "../../parts/traffic";

interface Props {
  reason: string;
  range: Range;
}

/** When calls failed for a reason, and which Files it met. */
export function Times({ reason, range }: Props) {
  const navigate = useNavigate();
  const filter = { ...asked(range), reason: [reason] };
  const series = useQuery(seriesQuery(filter));
  const failures = useQuery(failuresQuery(filter));
  const error = series.error ?? failures.error;
  return (
    <section className="reason-times" aria-busy={(!series.data || !failures.data) && !error}>
      <h2>{rangeLabel(range)}</h2>
      {error && !series.data && <FaultOfError error={error} small />}
      {!series.data && !error && <Skeleton height={116} />}
      {series.data?.total.failures === 0 && <p className="dim">✓ No call failed so in this range.</p>}
      {series.data && series.data.total.failures > 0 && (
        <Traffic
          data={series.data}
          label="Failures"
          height={88}
          stale={series.isPlaceholderData}
          onRange={(from, to) => void navigate({ to: ".", search: { from, to } as never })}
        />
      )}
      {failures.data && <Files all={failures.data.origins.flatMap(({ reasons }) => reasons)} range={range} />}
    </section>
  );
}

/** The Files with the most such failures. A reason may have several origins, as providers are. */
function Files({ all, range }: { all: StatsReason[]; range: Range }) {
  const files = merged(all).sort((a, b) => b.failures - a.failures);
  const first = all.map(({ first_seen }) => first_seen).sort()[0];
  const last = all
    .map(({ last_seen }) => last_seen)
    .sort()
    .at(-1);
  const [one] = all;
  if (!one) return null;
  return (
    <>
      <p className="dim">
        {plural(
          all.reduce((sum, { failures }) => sum + failures, 0),
          "failure",
        )}{" "}
        since <Time at={first} as="short" />, the last <Time at={last} />
      </p>
      <Bars
        label="Files with the most such failures"
        bars={files.slice(0, 5).map(({ id, path, failures }) => ({
          id,
          label: (
            <Link to="/logs" search={{ ...range, reason: [one.reason], file: [id] }}>
              {path}
            </Link>
          ),
          value: failures,
          said: exact(failures),
          colour: "var(--bad)",
        }))}
      />
    </>
  );
}

type File = StatsReason["files"][number];

/** Files are met by a reason of several origins once each. */
function merged(all: StatsReason[]): File[] {
  const byId = new Map<string, File>();
  for (const file of all.flatMap(({ files }) => files)) {
    byId.set(file.id, { ...file, failures: file.failures + (byId.get(file.id)?.failures ?? 0) });
  }
  return [...byId.values()];
}
