import { useMatches } from "@tanstack/react-router";
import Keyboard from "lucide-react/icons/circle-question-mark";
import Search from "lucide-react/icons/search";
import { IconButton } from "../../kit/button";
import { Kbd } from "../../kit/kbd";
import { later } from "../../lib/later";
import { type Crumb, useCurrentPage } from "../../lib/page";
import { linkTo } from "../../routes";
import { Account } from "./account";
import { Sheet } from "./rail";
import { RangeChoice } from "./rangeChoice";
import { Title } from "./title";

const EnvironmentChoice = later(() => import("./environment").then((part) => part.EnvironmentChoice));

/** The screens whose address names one environment. */
const withEnvironment = ["/files", "/at/$"];

interface Props {
  find: (text?: string) => void;
  showKeys: () => void;
}

/** Where one is, what the screen looks at, and what is there everywhere. */
export function Top({ find, showKeys }: Props) {
  const route = useMatches({ select: (all) => all.at(-1)?.fullPath as string | undefined });
  return (
    <header className="top">
      <Sheet />
      <Crumbs route={route} />
      <div className="top-looks">
        {withEnvironment.includes(route ?? "") && <EnvironmentChoice />}
        <RangeChoice route={route} />
      </div>
      <button type="button" className="top-search" onClick={() => find()} aria-keyshortcuts="Control+K">
        <Search size={14} aria-hidden />
        <span className="top-find">Find anything</span>
        <Kbd keys="mod k" />
      </button>
      <IconButton label="Keys of this screen" keys="?" className="top-help" onClick={showKeys}>
        <Keyboard size={16} aria-hidden />
      </IconButton>
      <Account showKeys={showKeys} />
    </header>
  );
}

/** The names of screens that do not name themselves, by the first segment of their address. */
const known: Record<string, string> = {
  "": "Home",
  files: "Files",
  logs: "Logs",
  settings: "Settings",
  welcome: "Welcome",
  errors: "Errors",
  at: "Files",
};

function Crumbs({ route = "/" }: { route?: string }) {
  const page = useCurrentPage();
  const first = route.split("/")[1] ?? "";
  const name = known[first] ?? "Not found";
  const crumbs: Crumb[] = page?.crumbs ?? [{ label: name, to: route === `/${first}` ? undefined : `/${first}` }];
  return (
    <nav className="crumbs" aria-label="Breadcrumbs">
      <Title text={page?.title ?? name} />
      <ol>
        {crumbs.map(({ label, to }, i) => (
          <li key={to ?? label} aria-current={i === crumbs.length - 1 ? "page" : undefined}>
            {to ? (
              <a className="cut" {...linkTo(to)}>
                {label}
              </a>
            ) : (
              <span className="cut">{label}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
