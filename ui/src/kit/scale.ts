// The arithmetic of charts and time axes.

const nice = [1, 2, 2.5, 5, 10];

/** The least step of 1, 2, 2.5 or 5 times a power of ten that parts `max` into at most `parts`. */
export function step(max: number, parts: number): number {
  if (max <= 0) return 1;
  const least = max / parts;
  const ten = 10 ** Math.floor(Math.log10(least));
  return (nice.find((factor) => factor * ten >= least * (1 - 1e-9)) ?? 10) * ten;
}

/** Multiples of the step from 0 to `max`, and no farther. */
export function ticks(max: number, parts: number): number[] {
  const by = step(max, parts);
  return Array.from({ length: Math.floor(max / by + 1e-9) + 1 }, (_, i) => i * by);
}

/** The sums of what stands above each other at each place. */
export const sums = (series: readonly { values: readonly number[] }[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));

/** The place under x, of so many over a width. */
export const placeAt = (x: number, width: number, count: number): number =>
  Math.min(count - 1, Math.max(0, Math.floor((x / Math.max(1, width)) * count)));
