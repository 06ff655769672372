// The screens, each in a state that shows much of it.
import type { Seeded } from "../seed";

export function screensOf({ files, versions, logs }: Seeded): Record<string, string> {
  const prompt = `/files/${files["support/greeting"]}`;
  const [a, b] = versions["support/greeting"] ?? [];
  return {
    home: "/?last=1h",
    files: "/files?dir=support",
    overview: `/files/${files["support/questions"]}`,
    editor: `${prompt}/editor`,
    "editor-text": `${prompt}/editor?mode=text`,
    "editor-panels": `${prompt}/editor?panels=mock:lorem/12`,
    versions: `${prompt}/versions?a=${a}&b=${b}`,
    history: `${prompt}/versions?history=true`,
    logs: "/logs?last=1h&type=!evaluator",
    "log-drawer": `/logs?last=1h&log=${logs.failed}`,
    log: `/logs/${logs.long}`,
    trace: `/logs/${logs.flow}/trace`,
    "trace-span": `/logs/${logs.flow}/trace?span=${logs.flow}`,
    providers: "/settings/providers?open=openai",
    aliases: "/settings/aliases",
    keys: "/settings/keys",
    environments: "/settings/environments",
    about: "/settings/about",
    me: "/settings/me",
    welcome: "/welcome?step=1",
    reason: "/errors/rate_limited",
    missing: "/files/pr_none",
  };
}
