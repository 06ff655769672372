export function At() {
  return null;
}
