import { showField } from "../../kit/field";

/** Opens the part of the form that holds what a failure names, as "prompt.max_tokens" or "template.0.content", and focuses it. False if it is not there. */
export function reveal(param: string): boolean {
  const parts = param.replace(/^prompt\./, "").split(".");
  // The longest name that has a field: template.0 of template.0.content.
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join(".");
    const place = document.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!place) continue;
    const folded = place.closest("details");
    if (folded) folded.open = true;
    return showField(name);
  }
  return false;
}
