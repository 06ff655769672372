import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createEnvironment, environments } from "../../api/queries/environments";
import { forbidden, me } from "../../api/queries/me";
import { deployPrompt, type Prompt, promptQuery, savePrompt } from "../../api/queries/prompts";
import { Button } from "../../kit/button";
import { Diff } from "../../kit/diff";
import { Field, TextArea } from "../../kit/field";
import { Version } from "../../kit/marks";
import { Skeleton } from "../../kit/skeleton";
import { useKeys } from "../../lib/keys";
import { FaultOfError } from "../../parts/fault";
import type { StepProps } from "./part";
import { greeting, path, type TourFile, targetOf, wanted } from "./tour";

/** A changed word becomes a version, and that is deployed. */
export function ShipIt({ tour: { file, look } }: StepProps) {
  const prompt = useQuery({ ...promptQuery(file?.id ?? ""), enabled: !!file });
  if (prompt.error) return <FaultOfError error={prompt.error} onRetry={() => void prompt.refetch()} />;
  if (!file || !prompt.data) return <Skeleton height={200} />;
  return <Change file={file} prompt={prompt.data} look={look} />;
}

/** The text of the template, as the tour writes it. */
const textOf = ({ template }: Prompt): string => {
  const first = Array.isArray(template) ? template[0]?.content : template;
  return typeof first === "string" ? first : "";
};

interface ChangeProps {
  file: TourFile;
  prompt: Prompt;
  look: () => void;
}

function Change({ file, prompt, look }: ChangeProps) {
  const before = textOf(prompt);
  const [text, setText] = useState(before);
  const ship = useShip(file, look);
  const changed = text.trim() !== "" && text !== before;
  const start = () => {
    if (changed && !ship.why && !ship.isPending) ship.mutate(text);
  };
  useKeys("This step", [{ keys: "mod+Enter", does: "Save and deploy", run: start }], 2);
  return (
    <>
      <p>
        Change a word. Saving makes a version, and callers go on with the deployed one until another is deployed where
        they call.
      </p>
      <Field label="Template, message of the user">
        <TextArea mono value={text} onChange={setText} rows={2} autoFocus />
      </Field>
      {changed && <Diff before={before} after={text} names={["deployed", "yours"]} view="unified" />}
      <div className="welcome-run">
        <Button
          kind="main"
          keys="mod enter"
          busy={ship.isPending}
          why={ship.why ?? (changed ? undefined : "Change a word first.")}
          onClick={start}
        >
          Save and deploy to {ship.target}
        </Button>
      </div>
      {ship.error && <FaultOfError error={ship.error} onRetry={start} />}
      {ship.data && (
        <p role="status">
          <Version id={ship.data.version} /> is deployed to {ship.data.environment}. Callers that name it get your words
          from the next call on.
        </p>
      )}
    </>
  );
}

function useShip(file: TourFile, look: () => void) {
  const queries = useQueryClient();
  const { data: who } = useQuery(me);
  const { data: all = [] } = useQuery(environments);
  const target = targetOf(all, who?.role === "admin");
  const ship = useMutation({
    mutationFn: async (text: string) => {
      const version = await savePrompt({ ...greeting, path, template: [{ role: "user", content: text }] });
      const environment = target === "make" ? await createEnvironment(wanted) : target;
      if (!environment) throw new Error("there is no environment");
      const there = file.deployed.find(({ environment_id }) => environment_id === environment.id);
      await deployPrompt({
        file: file.id,
        environment: environment.id,
        version: version.version_id,
        expected: there?.version_id ?? "",
      });
      return { version: version.version_id, environment: environment.name };
    },
    onSettled: () => {
      look();
      return queries.invalidateQueries({ queryKey: environments.queryKey });
    },
  });
  return {
    ...ship,
    target: target === "make" ? wanted : (target?.name ?? wanted),
    why: forbidden(who?.role, "developer"),
  };
}
