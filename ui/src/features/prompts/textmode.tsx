import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Detail, Failure } from "../../api/failure";
import { contentOfText, textOf } from "../../api/queries/prompts";
import { Code, type CodeMark } from "../../kit/code";
import { FaultOf, FaultOfError } from "../../parts/fault";
import { type Content, canonical } from "./content";
import type { Variables } from "./variables";

interface Props {
  content: Content;
  variables: Variables;
  /** What was typed, while it is not the text of the content. */
  text: string | undefined;
  /** Called with each text, and with its content when it has one. */
  onChange: (text: string, content?: Content) => void;
}

/** The content as the text of its .prompt file. The server reads what is typed, and says where it is wrong; what is typed stays. */
export function TextMode({ content, variables, text, onChange }: Props) {
  const written = useQuery({
    queryKey: ["serialize", canonical(content)],
    queryFn: () => textOf(content),
    enabled: text === undefined,
  });
  const [failure, setFailure] = useState<Detail>();
  const latest = useRef(onChange);
  latest.current = onChange;

  useEffect(() => {
    if (text === undefined) return;
    let left = false;
    const timer = setTimeout(() => {
      contentOfText(text).then(
        (read) => {
          if (left) return;
          setFailure(undefined);
          latest.current(text, read);
        },
        (cause: unknown) => {
          if (!left && cause instanceof Failure) setFailure(cause.detail);
        },
      );
    }, 300);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [text]);

  if (written.error) return <FaultOfError error={written.error} onRetry={() => void written.refetch()} />;
  return (
    <div className="prompt-text">
      <Code
        label=".prompt text"
        template={content.template_language ?? "default"}
        variables={variables.names}
        unknown={variables.unknown}
        value={text ?? written.data ?? ""}
        onChange={(next) => onChange(next)}
        marks={marksOf(failure)}
        numbers
        most="fill"
      />
      {failure && <FaultOf detail={failure} small />}
    </div>
  );
}

function marksOf(failure: Detail | undefined): CodeMark[] {
  return (failure?.errors ?? []).flatMap(({ line, column, message }) => (line ? [{ line, column, message }] : []));
}
