import { expect, it } from "vitest";
import { type Span, tailOf } from "../../api/queries/trace";
import { above, alone, nextFailure, segmentsOf, shapeOf, shownOf, sumsOf } from "./model";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 29) + seconds * 1000).toISOString();

/** "a0 0-10" is a span of depth 0 from second 0 to 10; "!" after it: it failed; "m": of a model. */
function spans(...written: string[]): Span[] {
  return written.map((text) => {
    const [, id, depth, from, to, mark] = /^(\w)(\d) ([\d.]+)-([\d.]*)(.?)$/.exec(text) ?? [];
    return {
      id,
      depth: Number(depth),
      start_time: at(Number(from)),
      end_time: to ? at(Number(to)) : undefined,
      status: mark === "!" ? "failed" : "ok",
      model: mark === "m" ? "echo" : undefined,
    } as Span;
  });
}

const tree = shapeOf(spans("a0 0-10", "b1 0-4m", "c2 1-3!", "d1 1-5", "e2 2-4m", "f1 6-9!"));
const ids = (indices: number[]) => indices.map((i) => tree.placed[i]?.span.id).join("");

it("finds what is above and below each span", () => {
  expect(tree.placed.map(({ parent, below }) => [parent, below])).toEqual([
    [-1, 5],
    [0, 1],
    [1, 0],
    [0, 1],
    [3, 0],
    [0, 0],
  ]);
  expect(above(tree, 4)).toEqual(["d", "a"]);
  expect(tree.length).toBe(10);
});

it("marks the path that the whole waited for", () => {
  expect(ids(tree.placed.flatMap(({ critical }, i) => (critical ? [i] : [])))).toBe("adef");
});

it("lets a span without an end last as long as what is below it", () => {
  const { placed, length } = shapeOf(spans("a0 0-", "b1 1-", "c2 2-7"));
  expect([length, ...placed.map(({ to }) => to)]).toEqual([7, 7, 7, 7]);
});

it("shows what is open, and with a filter what leads to what it takes", () => {
  const none = new Set<string>();
  expect([
    ids(shownOf(tree, none)),
    ids(shownOf(tree, new Set(["b", "d"]))),
    ids(shownOf(tree, none, "failed")),
    ids(shownOf(tree, none, "models")),
    ids(shownOf(tree, new Set(["a"]), "failed")),
  ]).toEqual(["abcdef", "abdf", "abcf", "abde", "a"]);
});

it("goes from failure to failure, around the end", () => {
  expect([0, 2, 5].map((i) => nextFailure(tree, i))).toEqual([2, 5, 2]);
  expect(nextFailure(shapeOf(spans("a0 0-1")), 0)).toBeUndefined();
});

it("parts a span into its attempts and the waits between them", () => {
  const attempts = [
    { provider: "p", model: "m", reason: "rate_limited", ms: 500 },
    { provider: "p", model: "m", ms: 1000, waited_ms: 250 },
  ];
  expect(segmentsOf({ span: { attempts } as Span, from: 2 })).toEqual([
    { from: 2, to: 2.5, kind: "failed", title: "try 1, p/m: rate_limited, 500 ms" },
    { from: 2.5, to: 2.75, kind: "wait", title: "waited 250 ms" },
    { from: 2.75, to: 3.75, kind: "run", title: "try 2, p/m: answered, 1000 ms" },
  ]);
  expect(segmentsOf({ span: { attempts: attempts.slice(1) } as Span, from: 0 })).toBeUndefined();
});

it("knows how long nothing below a span was at work", () => {
  expect([0, 1, 5].map((i) => alone(tree, i))).toEqual([2, 2, 3]);
});

it("adds up what is known", () => {
  expect(sumsOf(tree)).toEqual({ failed: 2, cost: 0, tokens: 0, models: 2 });
});

it("fetches again from the part where something goes on", () => {
  const part = (...status: Span["status"][]) => ({ records: status.map((one) => ({ depth: 1, status: one }) as Span) });
  expect(tailOf([part("ok"), part("ok", "incomplete"), part("ok")])).toBe(1);
  expect(tailOf([part("ok"), part("ok")])).toBe(1);
});
