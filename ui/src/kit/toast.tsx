import { Toast as Base } from "@base-ui/react/toast";
import X from "lucide-react/icons/x";
import { Button, IconButton } from "./button";
import "./toast.css";

interface Said {
  title: string;
  text?: string;
  /** bad is read aloud at once. */
  kind?: "plain" | "good" | "bad";
  /** One way on. */
  action?: { label: string; onSelect: () => void };
}

const manager = Base.createToastManager<{ action?: Said["action"] }>();

/**
 * Tells what happened elsewhere than where one looks; what a button did is shown at the button. It goes after six seconds, a failure
 * or one with an action stays.
 */
export function toast({ title, text, kind = "plain", action }: Said): void {
  manager.add({
    title,
    description: text,
    type: kind,
    priority: kind === "bad" ? "high" : "low",
    timeout: kind === "bad" || action ? 0 : 6000,
    data: { action },
  });
}

/** Where toasts appear. Once, in the shell. */
export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="toasts">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

const signs: Record<string, string> = { good: "✓", bad: "✕" };

function List() {
  const { toasts, close } = Base.useToastManager<{ action?: Said["action"] }>();
  return toasts.map((item) => (
    <Base.Root key={item.id} toast={item} className="toast" data-kind={item.type} swipeDirection="right">
      <Base.Content className="toast-content">
        {signs[item.type ?? ""] && (
          <span className="toast-sign" aria-hidden="true">
            {signs[item.type ?? ""]}
          </span>
        )}
        <div className="toast-words">
          <Base.Title className="toast-title" />
          <Base.Description className="toast-text" />
        </div>
        {item.data?.action && (
          <Button
            small
            kind="plain"
            onClick={() => {
              item.data?.action?.onSelect();
              close(item.id);
            }}
          >
            {item.data.action.label}
          </Button>
        )}
        <Base.Close render={<IconButton label="Dismiss" small />}>
          <X size={14} aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
