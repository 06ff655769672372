import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { StatsEntry, StatsTop } from "../../api/queries/stats";
import { Bars } from "../../kit/bars";
import { Money } from "../../kit/figures";
import { Tabs } from "../../kit/tabs";
import { plural } from "../../lib/format";
import type { Range } from "../../lib/range";
import { spends } from "../../routes";
import { often } from "./often";
import { type By, costsQuery, fields, most } from "./queries";
import { Body, Frame } from "./tile";

const labels: Record<By, string> = { file: "File", model: "Model", key: "API key" };

/** What the calls cost, by File, model or API key. */
export function Spend({ range, by = "file" }: { range: Range; by?: By }) {
  const navigate = useNavigate();
  const query = useQuery({ ...costsQuery(range, by), ...often });
  const choose = (next: By) =>
    navigate({ to: "/", search: { ...range, by: next === "file" ? undefined : next }, replace: true });
  const content = () => (
    <Body query={query} lines={6}>
      {(data) => <Costs data={data} range={range} />}
    </Body>
  );
  return (
    <Frame title="Spend" className="spend">
      <Tabs
        label="Spend by"
        value={by}
        onChange={choose}
        tabs={spends.map((id) => ({ id, label: labels[id], content }))}
      />
    </Frame>
  );
}

// What is shown says itself what it is by, since it may be that of the tab before.
function Costs({ data, range }: { data: StatsTop; range: Range }) {
  const by = spends.find((one) => fields[one] === data.field) ?? "file";
  const bars = data.values.slice(0, most).filter(({ cost }) => cost > 0);
  if (bars.length === 0) return <p className="dim">No call in this range had a known cost above zero.</p>;
  const rest = data.count - Math.min(most, data.values.length);
  return (
    <>
      <Bars
        label={`Spend by ${labels[by]}`}
        all={data.total.cost}
        bars={bars.map((entry) => ({
          id: entry.value,
          label: <Named entry={entry} by={by} range={range} />,
          value: entry.cost,
          said: <Money value={entry.cost} />,
        }))}
      />
      {rest > 0 && <p className="dim tile-more">and {plural(rest, "other")}</p>}
    </>
  );
}

function Named({ entry, by, range }: { entry: StatsEntry; by: By; range: Range }) {
  if (!entry.value) return <span className="dim">none</span>;
  const name = entry.file?.path ?? (entry.api_key?.name || entry.value);
  return (
    <Link to="/logs" search={{ ...range, [by]: [entry.value] }}>
      {name}
    </Link>
  );
}
