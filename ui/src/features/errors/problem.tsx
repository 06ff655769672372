import { useQuery } from "@tanstack/react-query";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure, isSignedOut, unreachable } from "../../api/failure";
import { me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Copy } from "../../kit/copy";
import { go, linkTo } from "../../routes";
import { Missing } from "./missing";
import { Notice } from "./notice";

/** In place of a screen that could not be shown: what keeps it, or a defect of this page. All around it goes on. */
export function Problem({ error, info, reset }: ErrorComponentProps) {
  if (!(error instanceof Failure)) return <Defect error={errorOf(error)} stack={info?.componentStack} retry={reset} />;
  if (isSignedOut(error)) return null; // on the way to the page that signs in
  if (error.status === 404) return <Missing data={error} />;
  if (error.status === 401 || error.status === 403) return <Forbidden failure={error} />;
  return <Refused failure={error} retry={reset} />;
}

function Forbidden({ failure }: { failure: Failure }) {
  const { data } = useQuery(me);
  return (
    <Notice title="You may not see this" actions={<Button onClick={() => go("/")}>Go to Home</Button>}>
      <p>{failure.detail.message}</p>
      {data && (
        <p className="dim">
          You are signed in with the key “{data.key.name}”, whose role is {data.role}. An admin can make a key with
          another role.
        </p>
      )}
    </Notice>
  );
}

function Refused({ failure, retry }: { failure: Failure; retry: () => void }) {
  const { reason, message, request_id } = failure.detail;
  const title = reason === unreachable ? "The server does not answer" : "The server could not answer";
  return (
    <Notice
      title={title}
      actions={
        <>
          <Button kind="main" onClick={retry}>
            Try again
          </Button>
          {request_id && (
            <Copy words label="Copy for a report" kind="plain" text={JSON.stringify(failure.detail, null, 2)} />
          )}
        </>
      }
    >
      <p>{message}</p>
      {reason !== unreachable && (
        <p>
          <a {...linkTo(`/errors/${reason}`)}>What {reason} means</a>
        </p>
      )}
    </Notice>
  );
}

function Defect({ error, stack, retry }: { error: Error; stack?: string; retry: () => void }) {
  const old = /dynamically imported module|Importing a module script failed/i.test(error.message);
  const report = [location.pathname, `${error.name}: ${error.message}`, error.stack, stack].filter(Boolean).join("\n");
  return (
    <Notice
      title={old ? "This page is older than the server" : "This screen has a defect"}
      actions={
        <>
          <Button kind="main" onClick={old ? () => location.reload() : retry}>
            {old ? "Load the page again" : "Show the screen again"}
          </Button>
          <Copy words label="Copy for a report" kind="plain" text={report} />
        </>
      }
    >
      <p>
        {old
          ? "The server was updated, and no longer has a part of this page. Loading it again mends that."
          : "It is this page's fault, not yours. The other screens go on, and what you typed is kept."}
      </p>
      <pre className="notice-report">{`${error.name}: ${error.message}`}</pre>
    </Notice>
  );
}

const errorOf = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));
