import { Fragment } from "react";

/** A text of the server, in which what stands between backticks is code. */
export const Prose = ({ text }: { text: string }) =>
  text.split("`").map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text stay where they are
    <Fragment key={i}>{i % 2 ? <code>{part}</code> : part}</Fragment>
  ));
