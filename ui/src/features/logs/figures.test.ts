import { expect, test } from "vitest";
import { figuresOf } from "./figures";

test("figures are narrowed by what they are kept by, and name what they are not", () => {
  const filter = {
    last: "1h",
    error_reason: ["timeout"],
    model: ["!gpt-5"],
    path: ["support"],
    status: ["failed"],
    user: ["anna"],
    search: "refund",
  };
  expect(figuresOf(filter)).toEqual({
    figures: { last: "1h", from: undefined, to: undefined, reason: ["timeout"], path: "support" },
    only: "failed",
    left: ["model", "user", "words"],
  });
});
