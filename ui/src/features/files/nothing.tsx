import { Link } from "@tanstack/react-router";
import { Button } from "../../kit/button";
import { Empty } from "../../kit/empty";
import { Snippet } from "../../kit/snippet";
import { snippets } from "../../lib/snippet";
import { prefix } from "../../routes";
import type { Search } from "./queries";
import { starters } from "./starters";

const server = () => location.origin + prefix;

interface Props {
  search: Search;
  onClear: () => void;
  onNew: () => void;
}

/** In place of Files when there are none: why, and the way on. */
export function Nothing({ search, onClear, onNew }: Props) {
  const { q, type, env, tag, differs, dir } = search;
  if (q || type || env || tag || differs)
    return <Empty action={<Button onClick={onClear}>Clear the filters</Button>}>No File matches these filters.</Empty>;
  if (dir) return <Empty action={<Button onClick={onNew}>New Prompt here</Button>}>This directory has no Files.</Empty>;
  return <First onNew={onNew} />;
}

/** The ways to the first File. */
function First({ onNew }: { onNew: () => void }) {
  const call = {
    method: "POST" as const,
    path: "/v5/prompts/call",
    body: { path: "support/greeting", prompt: starters.prompt[0]?.content, inputs: { name: "Ada" } },
  };
  return (
    <div className="files-first">
      <h2>There are no Files yet</h2>
      <p className="dim">A File is a Prompt, Tool, Dataset, Evaluator, Flow or Agent, with all its versions.</p>
      <div className="files-ways">
        <section>
          <h3>Take the tour</h3>
          <p>Run a Prompt, break it, ship it: a minute, without a key.</p>
          <Link to="/welcome" className="button button-main">
            <span className="button-text">Start the tour</span>
          </Link>
          <Button kind="quiet" onClick={onNew}>
            New Prompt
          </Button>
        </section>
        <section>
          <h3>Import a folder</h3>
          <p>Files that Humanloop’s command line pulled, or any folder of .prompt and .agent files.</p>
          <Snippet code={{ cli: `export OPENLOOP_API_KEY=…\nopenloop push --url ${server()} --dir FOLDER` }} />
        </section>
        <section>
          <h3>Call from code</h3>
          <p>The first call makes the Prompt, and its first version.</p>
          <Snippet code={snippets(call, server())} />
        </section>
      </div>
    </div>
  );
}
