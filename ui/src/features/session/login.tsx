import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Failure } from "../../api/failure";
import { signIn } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { Field, Text } from "../../kit/field";
import { Mark } from "../../kit/mark";
import { usePage } from "../../lib/page";
import { go, login } from "../../routes";
import { Refusal } from "./refusal";
import { useCountdown } from "./useCountdown";
import "./login.css";

/** Signs in with an API key, or with the link that the server printed. */
export function Login() {
  usePage("Sign in");
  const { next } = login.useSearch();
  const [once] = useState(takeOnce);
  const [key, setKey] = useState("");
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: () => {
      setKey("");
      queries.clear();
      go(safe(next));
    },
  });
  useByLink(once, enter.mutate);
  const failure = enter.error instanceof Failure ? enter.error : undefined;
  const wait = useCountdown(failure?.status === 429 ? failure.detail.retry_after : undefined, failure);
  const byLink = once !== undefined && enter.isPending;
  return (
    <main className="login">
      <form
        className="login-card"
        aria-busy={enter.isPending}
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() && !wait) enter.mutate({ key: key.trim() });
        }}
      >
        <div className="wordmark">
          <Mark size={24} />
          Openloop
        </div>
        <h1>Sign in</h1>
        {byLink ? <p className="dim">Signing in with the link…</p> : <p className="dim">{hello(next)}</p>}
        <Field
          label="API key"
          name="key"
          hint="Your browser does not keep it: it gets a cookie that ends with the key."
        >
          <Text type="password" mono autoFocus autoComplete="current-password" value={key} onChange={setKey} />
        </Field>
        {failure && (
          <Refusal failure={failure} wait={wait} byLink={enter.variables !== undefined && "once" in enter.variables} />
        )}
        <Button type="submit" kind="main" busy={enter.isPending} disabled={!key.trim() || wait > 0}>
          {wait > 0 ? `Sign in in ${wait} s` : "Sign in"}
        </Button>
      </form>
      <Roles />
    </main>
  );
}

const hello = (next: string | undefined) =>
  next ? "After that you are back where you were. What you typed there is kept." : "Paste an API key of this server.";

/** What a key may do, to be known before it is used. */
function Roles() {
  return (
    <section className="login-more" aria-label="Keys and roles">
      <p>You can do here what the key may do:</p>
      <dl>
        <dt>member</dt>
        <dd>calls Prompts, logs and reads</dd>
        <dt>developer</dt>
        <dd>also changes and deletes Files and Logs</dd>
        <dt>admin</dt>
        <dd>also changes keys, environments and settings</dd>
      </dl>
      <p>
        No key? The first start of the server prints one, with a link that signs in. On the machine of the server{" "}
        <code>openloop keys create -role admin NAME</code> makes another.
      </p>
    </section>
  );
}

/** The token of a sign-in link, which is removed from the address before anything else is done. */
function takeOnce(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("once");
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token ?? undefined;
}

// The link works once, so it is used once, though React mounts twice while developing.
function useByLink(once: string | undefined, use: (said: { once: string }) => void): void {
  const used = useRef(false);
  useEffect(() => {
    if (!once || used.current) return;
    used.current = true;
    use({ once });
  }, [once, use]);
}

/** An address of this UI and nothing else. */
const safe = (next: string | undefined) => (next && /^\/(?![/\\])/.test(next) ? next : "/");
