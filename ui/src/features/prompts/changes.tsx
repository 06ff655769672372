import { Diff } from "../../kit/diff";
import { type Change, type Content, changes, messagesOf, textOf } from "./content";

interface Props {
  from: Content;
  to: Content;
  names: [from: string, to: string];
}

/** What differs between two contents: settings as a table of old and new, and the template word by word. */
export function Changes({ from, to, names }: Props) {
  const all = changes(from, to);
  if (all.length === 0) return <p className="dim">Nothing differs.</p>;
  const settings = all.filter(({ name }) => name !== "template");
  return (
    <div className="prompt-changes">
      {settings.length > 0 && <SettingsTable changes={settings} names={names} />}
      {settings.length < all.length && (
        <Diff before={templateText(from)} after={templateText(to)} names={names} view="unified" />
      )}
    </div>
  );
}

function SettingsTable({ changes: list, names }: { changes: Change[]; names: Props["names"] }) {
  return (
    <table className="prompt-changes-table">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">{name.replaceAll("_", " ")}</th>
            <td>
              <Value text={from} />
            </td>
            <td>
              <Value text={to} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Value = ({ text }: { text: string }) =>
  text ? <code className="prompt-changes-value">{text}</code> : <span className="dim">not sent</span>;

/** A template as one text: each message below its role. */
export function templateText(content: Content): string {
  if (typeof content.template === "string") return content.template;
  return messagesOf(content)
    .map((message) => {
      const rest = { tool_calls: message.tool_calls, tool_call_id: message.tool_call_id, name: message.name };
      const more = Object.values(rest).some(Boolean) ? `\n${JSON.stringify(rest)}` : "";
      return `${message.role}:\n${textOf(message)}${more}\n`;
    })
    .join("\n");
}
