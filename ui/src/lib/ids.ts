/** A random name for something on this page. `crypto.randomUUID` is missing on plain http; `getRandomValues` is not. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
}

const kinds = {
  pr: "File",
  tl: "File",
  ds: "File",
  ev: "File",
  fl: "File",
  ag: "File",
  prv: "version",
  tv: "version",
  dsv: "version",
  evv: "version",
  flv: "version",
  agv: "version",
  log: "Log",
  req: "request",
  evr: "Evaluation",
  rn: "Run",
  dir: "directory",
  env: "environment",
} as const;

/** What an id of the API names, by its prefix; undefined for any other text. */
export function kindOfId(text: string): (typeof kinds)[keyof typeof kinds] | undefined {
  const prefix = /^([a-z]{2,4})_[0-9A-Za-z]{8,64}$/.exec(text.trim())?.[1];
  return prefix !== undefined && prefix in kinds ? kinds[prefix as keyof typeof kinds] : undefined;
}
