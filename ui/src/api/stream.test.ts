import { expect, test } from "vitest";
import { EventReader } from "./stream";

const stream = `\
: a comment
data: {"output":"Grüße 👋"}

event: error
data: first
data:second
id: 7

event: nothing

data

data: after\r
\r
data: old\r\rdata: cut`;

const want = [
  { event: "message", data: '{"output":"Grüße 👋"}' },
  { event: "error", data: "first\nsecond" },
  { event: "message", data: "" },
  { event: "message", data: "after" },
  { event: "message", data: "old" },
];

const bytes = new TextEncoder().encode(stream);

function read(...parts: Uint8Array[]) {
  const reader = new EventReader();
  const decoder = new TextDecoder();
  return parts.flatMap((part) => reader.push(decoder.decode(part, { stream: true })));
}

test("a stream is read at once", () => {
  expect(read(bytes)).toEqual(want);
});

test("a stream is read wherever it is split", () => {
  for (let i = 0; i <= bytes.length; i++) {
    expect(read(bytes.subarray(0, i), bytes.subarray(i)), `split at ${i}`).toEqual(want);
  }
});

test("a stream is read byte by byte", () => {
  expect(read(...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).toEqual(want);
});
