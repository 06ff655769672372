import { Fragment } from "react";
import { Switch } from "../../kit/check";
import { Dialog } from "../../kit/dialog";
import { Kbd } from "../../kit/kbd";
import { hint, type Scope, useScopes, ways } from "../../lib/keys";
import { setPref, usePrefs } from "../../lib/prefs";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The keys that act on this screen, from the table that binds them. */
export function KeysDialog({ open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Keys of this screen"
      size={useScopes().filter(bound).length > 1 ? "wide" : "normal"}
    >
      <Keys />
    </Dialog>
  );
}

const bound = ({ commands }: Scope) => commands.some((command) => command.keys);

function Keys() {
  const scopes = useScopes().filter(bound);
  const { keys } = usePrefs();
  return (
    <>
      <Switch
        checked={keys}
        onChange={(on) => setPref("keys", on)}
        label="Single keys act"
        hint="With Ctrl or ⌘ they always do, and never while you type."
      />
      <div className="keys">
        {scopes.map((scope) => (
          <Table key={scope.title} scope={scope} />
        ))}
      </div>
    </>
  );
}

function Table({ scope }: { scope: Scope }) {
  return (
    <section>
      <h3>{scope.title}</h3>
      <dl className="keys-list">
        {scope.commands
          .filter((command) => command.keys)
          .map((command) => (
            <div key={command.does}>
              <dt>{command.does}</dt>
              <dd>
                {ways(command).map((way, i) => (
                  <Fragment key={way}>
                    {i > 0 && <span className="dim"> or </span>}
                    <span className="unseen">{hint(way)}</span>
                    <Kbd keys={hint(way)} />
                  </Fragment>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
