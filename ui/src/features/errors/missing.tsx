export function Missing() {
  return null;
}
