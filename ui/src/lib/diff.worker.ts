import { diff } from "./diff";

addEventListener("message", ({ data }: MessageEvent<{ id: number; before: string; after: string }>) => {
  postMessage({ id: data.id, diff: diff(data.before, data.after) });
});
