/** A sentence in which `names` of the API stand between backticks. */
export function Words({ text }: { text: string }) {
  return text.split("`").map((part, i) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text keep their places.
    return i % 2 ? <code key={i}>{part}</code> : part;
  });
}
