import { useVirtualizer } from "@tanstack/react-virtual";
import ChevronRight from "lucide-react/icons/chevron-right";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { names } from "./button";
import { lines, type TreeNode, typedLine } from "./tree-model";
import "./tree.css";

export type { TreeNode } from "./tree-model";

interface Props<N extends TreeNode> {
  /** Names the tree. */
  label: string;
  roots: readonly N[];
  /** The ids of open branches. */
  open: ReadonlySet<string>;
  /** Asked to open or close a branch. If its children are undefined, load them. */
  onToggle: (node: N, open: boolean) => void;
  /** The id of what the page shows. */
  current?: string;
  /** Enter or a press. */
  onSelect: (node: N) => void;
  /** F2, Del and the like. True: the key is used up. */
  onKey?: (event: KeyboardEvent, node: N) => boolean;
  icon?: (node: N) => ReactNode;
  /** At the right end of a line. */
  end?: (node: N) => ReactNode;
}

const row = 28;

/** A tree that opens as one goes: → and ← open and close, typing a letter goes to what begins with it. One tab stop, any number of nodes. */
export function Tree<N extends TreeNode>(props: Props<N>) {
  const { label, roots, open, onToggle, current, onSelect, onKey, icon, end } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const all = useMemo(() => lines(roots, open), [roots, open]);
  const [active, setActive] = useState(current);
  const at = all.findIndex(({ node }) => node.id === active);
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row,
    overscan: 10,
  });
  const go = (to: number) => {
    const line = all[Math.min(all.length - 1, Math.max(0, to))];
    if (!line) return;
    setActive(line.node.id);
    virtual.scrollToIndex(to);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the page shows moves the cursor.
  useEffect(() => {
    const to = all.findIndex(({ node }) => node.id === current);
    if (to >= 0) go(to);
  }, [current]);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const line = all[at];
    const isOpen = line && open.has(line.node.id);
    if (event.key === "ArrowDown" || event.key === "j") go(at + 1);
    else if (event.key === "ArrowUp" || event.key === "k") go(Math.max(0, at - 1));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(all.length - 1);
    else if (line && onKey?.(event, line.node)) {
      // used up
    } else if (line && event.key === "ArrowRight" && line.node.branch) {
      if (isOpen) go(at + 1);
      else onToggle(line.node, true);
    } else if (line && event.key === "ArrowLeft") {
      if (isOpen) onToggle(line.node, false);
      else if (line.parent >= 0) go(line.parent);
    } else if (line && event.key === "Enter") onSelect(line.node);
    else if (/^[\p{L}\p{N}_]$/u.test(event.key)) go(typedLine(all, at, event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${id}-${active}` : undefined}
      className="tree"
      onKeyDown={press}
      onFocus={() => at < 0 && go(0)}
    >
      <div style={{ height: virtual.getTotalSize() }} role="presentation" className="tree-body">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = all[index];
          if (!line) return null;
          const { node, level, place, siblings } = line;
          return (
            <div
              key={node.id}
              id={`${id}-${node.id}`}
              role="treeitem"
              aria-level={level}
              aria-posinset={place}
              aria-setsize={siblings}
              aria-expanded={node.branch ? open.has(node.id) : undefined}
              aria-selected={node.id === current}
              className={names("tree-line", node.id === active && "tree-active")}
              style={{ transform: `translateY(${start}px)`, "--level": level } as CSSProperties}
              onClick={() => {
                setActive(node.id);
                onSelect(node);
              }}
            >
              {/* biome-ignore lint/a11y/noStaticElementInteractions: → and ← do the same. */}
              <span
                className="tree-arrow"
                onClick={(event) => {
                  if (!node.branch) return;
                  event.stopPropagation();
                  setActive(node.id);
                  onToggle(node, !open.has(node.id));
                }}
              >
                {node.branch && <ChevronRight size={14} aria-hidden />}
              </span>
              {icon?.(node)}
              <span className="tree-label">{node.label}</span>
              {end && <span className="tree-end">{end(node)}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
