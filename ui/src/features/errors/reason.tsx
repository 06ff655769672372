export function Reason() {
  return null;
}
