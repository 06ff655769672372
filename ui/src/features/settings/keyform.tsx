import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { complaintAt } from "../../api/failure";
import { type Provider, providersQuery } from "../../api/queries/prompts";
import { deleteProviderKey, type ProviderKey, providerKeys, saveProviderKey } from "../../api/queries/providerKeys";
import { Button } from "../../kit/button";
import { Field, Text } from "../../kit/field";
import { Time } from "../../kit/figures";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";
import { TestButton, type useProviderTest } from "../../parts/providertest";
import { ConfirmCall } from "./part";

interface Props {
  provider: Provider;
  stored: ProviderKey | undefined;
  /** Why keys may not be changed. */
  why: string | undefined;
  test: ReturnType<typeof useProviderTest>;
}

function useChanged() {
  const queries = useQueryClient();
  return () =>
    Promise.all([providersQuery, providerKeys].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
}

/** Stores a key and where calls go with it. A stored key is never shown, so the field is empty; what was typed stays when saving fails. */
export function KeyForm({ provider, stored, why, test }: Props) {
  const [key, setKey] = useState("");
  const [url, setURL] = useState(stored?.base_url ?? "");
  const [model, setModel] = useState("");
  const changed = useChanged();
  const save = useMutation({
    mutationFn: () => saveProviderKey(provider.provider, key.trim(), url.trim()),
    onSuccess: () => {
      setKey("");
      test.reset();
      return changed();
    },
  });
  const there = provider.key === "workspace";
  const wrong = { key: complaintAt(save.error, "key"), url: complaintAt(save.error, "base_url") };
  return (
    <form
      className="provider-form"
      aria-label={`Key of ${provider.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim() && !why) save.mutate();
      }}
    >
      <Field
        label={there ? "New key" : "Key"}
        name="key"
        error={wrong.key}
        hint={
          there
            ? "The stored key is not shown, and stays until another is saved."
            : "It is encrypted, and never shown again."
        }
        disabled={!!why}
      >
        <Text type="password" mono autoComplete="new-password" value={key} onChange={setKey} />
      </Field>
      <Field
        label="Base URL"
        name="base_url"
        error={wrong.url}
        hint={
          there
            ? "It belongs to the key: enter the key again to change it."
            : `Empty: ${provider.base_url ?? "the provider's own"}`
        }
        disabled={!!why}
      >
        <Text type="url" mono placeholder={provider.base_url} value={url} onChange={setURL} />
      </Field>
      {save.error && !wrong.key && !wrong.url && <FaultOfError error={save.error} small />}
      <div className="provider-foot">
        <Button type="submit" kind="main" busy={save.isPending} why={why} disabled={!why && !key.trim()}>
          {there ? "Replace key" : "Store key"}
        </Button>
        {there && <Delete provider={provider} stored={stored} why={why} />}
        {save.isSuccess && !key && <span role="status">Stored. Test it before you rely on it.</span>}
        {there && stored?.updated_at && !save.isSuccess && (
          <span className="dim">
            Stored <Time at={stored.updated_at} />
            {stored.created_by && ` by ${stored.created_by}`}
          </span>
        )}
      </div>
      <AsCall of={() => saveProviderKey(provider.provider, "THE_KEY", url.trim())} />
      <Field
        label="Model to test with"
        hint={provider.models > 0 ? "Empty: the cheapest known one." : "None is known: name one."}
      >
        <Text mono value={model} onChange={setModel} />
      </Field>
      <div className="provider-foot">
        <TestButton provider={provider} test={test} model={model.trim()} />
      </div>
    </form>
  );
}

function Delete({ provider, stored, why }: Omit<Props, "test">) {
  const [asks, ask] = useState(false);
  const changed = useChanged();
  return (
    <>
      <Button kind="danger" why={why} onClick={() => ask(true)}>
        Delete key
      </Button>
      {asks && (
        <ConfirmCall
          title={`Delete the key of ${provider.name}?`}
          verb="Delete key"
          danger
          call={() => deleteProviderKey(provider.provider).then(changed)}
          onClose={() => ask(false)}
        >
          {stored?.environment ? (
            <p>
              Calls then use the key of the environment, <code>{provider.setting}</code>.
            </p>
          ) : (
            <p>
              Calls of {provider.name} that bring no key of their own then fail with <code>provider_key_missing</code>.
            </p>
          )}
        </ConfirmCall>
      )}
    </>
  );
}
