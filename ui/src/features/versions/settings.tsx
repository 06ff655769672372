import type { Difference } from "../../api/queries/versions";
import { Diff } from "../../kit/diff";

type Names = [before: string, after: string];

const isLong = (value: unknown) => written(value).length > 200;

/** The settings that differ, the old beside the new. Long values are compared line by line below. */
export function Settings({ settings, names }: { settings: Difference["settings"]; names: Names }) {
  const long = settings.filter(({ old, new: come }) => isLong(old) || isLong(come));
  const short = settings.filter((setting) => !long.includes(setting));
  return (
    <>
      {short.length > 0 && (
        <table className="comparison-settings">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {short.map((setting) => (
              <tr key={setting.name}>
                <th scope="row">{setting.name}</th>
                <Value value={setting.old} kind="old" />
                <Value value={setting.new} kind="new" />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {long.map((setting) => (
        <section key={setting.name}>
          <h3>{setting.name}</h3>
          <Diff before={written(setting.old)} after={written(setting.new)} names={names} view="unified" />
        </section>
      ))}
    </>
  );
}

function Value({ value, kind }: { value: unknown; kind: "old" | "new" }) {
  if (value === undefined || value === null) return <td className="dim">not set</td>;
  return (
    <td>
      <code className={`comparison-${kind}`}>{written(value)}</code>
    </td>
  );
}

interface ToolsProps {
  tools: Difference["tools"];
  names: Names;
  view: "split" | "unified";
}

/** The tools that differ, by name. */
export function Tools({ tools, names, view }: ToolsProps) {
  return tools.map((tool) => (
    <section key={tool.name}>
      <h3>
        Tool {tool.name} <span className="dim">{tool.change}</span>
      </h3>
      <Diff before={written(tool.old)} after={written(tool.new)} names={names} view={view} />
    </section>
  ));
}

/** A value as people read it; "" for none. */
export function written(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
