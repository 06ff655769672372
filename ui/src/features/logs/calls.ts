// The calls of the API that the screen makes, and the one that made a Log, for programs.
import { base } from "../../api/client";
import type { Log } from "../../api/queries/log";
import { type Call, type Language, snippets } from "../../lib/snippet";
import { fileOf } from "./log";

/** The call that asks the same as a Log did: of a Prompt its version with the same inputs and messages; else the Log itself. */
export function callOf(log: Log): Call {
  const { file, versionId } = fileOf(log);
  if (log.type !== "prompt" || !file) return { method: "GET", path: `/v5/logs/${log.id}` };
  const messages = (log.messages ?? []).slice(log.template_messages ?? 0);
  return {
    method: "POST",
    path: "/v5/prompts/call",
    query: { version_id: versionId },
    body: {
      path: file.path,
      inputs: log.inputs,
      messages: messages.length > 0 ? messages : undefined,
      user: log.user,
    },
  };
}

/** A call in every language, with the address of this server. */
export const codeOf = (call: Call): Record<Language, string> => snippets(call, location.origin + base);
