import { useMutation, useQuery } from "@tanstack/react-query";
import { createKey } from "../../api/queries/apiKeys";
import { forbidden, type Me, me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Copy } from "../../kit/copy";
import { Snippet } from "../../kit/snippet";
import { useKeys } from "../../lib/keys";
import { snippets } from "../../lib/snippet";
import { FaultOfError } from "../../parts/fault";
import { prefix } from "../../routes";
import type { StepProps } from "./part";
import { path, type TourFile, wanted } from "./tour";

/** The call as a program makes it, with a key of its own. */
export function CallIt({ tour: { file, done }, secret, onSecret }: StepProps) {
  const { data } = useQuery(me);
  const make = useMutation({
    mutationFn: () => createKey({ name: "first steps", role: "member" }),
    onSuccess: (key) => key.secret && onSecret(key.secret),
  });
  const why = forbidden(data?.role, "admin");
  const start = () => {
    if (!why && !secret && !make.isPending) make.mutate();
  };
  useKeys("This step", [{ keys: "mod+Enter", does: "Make a key", run: start }], 2);
  return (
    <>
      <p>
        A program calls the path, and gets what is deployed. It needs a key, which is best its own and of the role
        member.
      </p>
      {secret ? (
        <Secret secret={secret} />
      ) : (
        <div className="welcome-run">
          <Button kind="main" keys="mod enter" busy={make.isPending} why={why} onClick={start}>
            Make a key
          </Button>
          {why && <span className="dim">Use the key that you have.</span>}
        </div>
      )}
      {make.error && <FaultOfError error={make.error} small />}
      <Snippet code={snippets(callOf(file), addressOf(data))} />
      <p role="status" className={done[5] ? "welcome-good" : "dim"}>
        {done[5] ? "✓ The call has come, and its Log is there." : "Waiting for the call…"}
      </p>
    </>
  );
}

function Secret({ secret }: { secret: string }) {
  const line = `export OPENLOOP_API_KEY=${secret}`;
  return (
    <div className="welcome-secret">
      <p>This is the only time that the key is shown. The calls below read it from the environment.</p>
      <code>{line}</code>
      <Copy text={line} label="Copy this line" words kind="plain" />
    </div>
  );
}

const callOf = (file: TourFile | undefined) => ({
  method: "POST" as const,
  path: "/v5/prompts/call",
  query: { environment: file?.deployed.some(({ environment }) => environment === wanted) ? wanted : undefined },
  body: { path, inputs: { name: "Ada" } },
});

const addressOf = (who: Me | undefined) => who?.server.public_url || location.origin + prefix;
