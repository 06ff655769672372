import { expect, it } from "vitest";
import { listOf, listText } from "./settings";

it.each([[[]], [["END"]], [["a", "b"]], [["\n\n", "a,b", "back\\slash", "x y"]]])(
  "the line of %j gives it back",
  (texts) => {
    expect(listOf(listText(texts))).toEqual(texts);
  },
);
