export function Logs() {
  return null;
}
export function FileLogs() {
  return null;
}
