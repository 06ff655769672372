const wide = 100; // characters that count as a line, so that a text without breaks folds too

/** The beginning of a text, at most so many lines of it, and how many lines there are. */
export function firstLines(text: string, most: number): { shown: string; lines: number } {
  let lines = 1;
  let cut = text.length;
  let seen = 0;
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    const room = (most - seen) * wide;
    if (cut === text.length && stop - at > room) cut = at + room;
    seen += Math.max(1, Math.ceil((stop - at) / wide));
    if (cut === text.length && seen >= most) cut = stop;
    if (end < 0) break;
    lines++;
    at = end + 1;
  }
  return { shown: text.slice(0, cut), lines };
}
