import { useQuery } from "@tanstack/react-query";
import { Failure } from "../../api/failure";
import { addressOf, search } from "../../api/queries/search";
import { Button } from "../../kit/button";
import { usePage } from "../../lib/page";
import { go, here, linkTo } from "../../routes";
import { Notice } from "./notice";

/** In place of what is not there, or no longer: with what may have been meant. */
export function Missing({ data }: { data?: unknown }) {
  usePage("Not found");
  const words = wordsOf(here());
  const { data: hits = [] } = useQuery(search(words, undefined, 5));
  const found = hits
    .map((hit) => ({ hit, address: addressOf(hit) }))
    .filter(({ address }) => address && address !== here());
  return (
    <Notice title="There is nothing here" actions={<Button onClick={() => go("/files")}>Show all Files</Button>}>
      <p>
        {data instanceof Failure
          ? data.detail.message
          : "No screen has this address. What was here may have been moved or deleted."}
      </p>
      {found.length > 0 && (
        <>
          <p className="dim">Perhaps one of these was meant:</p>
          <ul>
            {found.map(({ hit, address }) => (
              <li key={hit.id}>
                <a {...linkTo(address ?? "/")}>{hit.title}</a> <span className="dim">{hit.detail || hit.kind}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}

/** What an address that leads nowhere may have meant: its last part that is no id. */
function wordsOf(address: string): string {
  const parts = (address.split("?")[0] ?? "").split("/").filter(Boolean).map(decodeURIComponent);
  return parts.filter((part) => !/^[a-z]{2,4}_[0-9A-Za-z]{8,}$/.test(part)).at(-1) ?? "";
}
