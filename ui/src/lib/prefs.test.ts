import { expect, test } from "vitest";
import { prefsOf } from "./prefs";

test("what was kept is what is preferred", () => {
  const kept = { theme: "dark", utc: true, keys: false, folded: true, welcomed: true };
  expect(prefsOf(kept)).toEqual(kept);
});

test.each([[undefined], [{}], [{ theme: "blue", utc: 1, keys: "no", folded: null, welcomed: "no" }]])(
  "%o is what there is at first",
  (kept) => {
    expect(prefsOf(kept)).toEqual({ theme: "system", utc: false, keys: true, folded: false, welcomed: false });
  },
);
