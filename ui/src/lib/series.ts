/** The colour of an id, on every screen the same: one of the tokens series-1 to series-8, by its hash (FNV-1a). */
export const seriesOf = (id: string): string => `var(--series-${(hash(id) % 8) + 1})`;

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}
