import { useState } from "react";
import { Button } from "../button";
import { Diff } from "../diff";
import { Json } from "../json";
import { Part } from "./part";

const words = (seed: number) => Array.from({ length: 8 }, (_, i) => `word${(seed * 31 + i * 17) % 499}`).join(" ");
const text = Array.from({ length: 3500 }, (_, i) => words(i)).join("\n");
const other = text
  .split("\n")
  .map((line, i) => (i % 70 === 0 ? line.replace(/word\d+/, "other") : line))
  .join("\n");

export function Big() {
  const [shown, show] = useState<"" | "diff" | "rows" | "blob">("");
  const rows = () =>
    Array.from({ length: 50_000 }, (_, i) => ({ id: `log_${i}`, text: words(i), n: i, ok: i % 2 === 0 }));
  return (
    <Part title="Large texts" as="stack">
      <div className="gallery-row">
        <Button onClick={() => show("diff")}>Compare 200 KB</Button>
        <Button onClick={() => show("rows")}>Open 10 MB</Button>
        <Button onClick={() => show("blob")}>Open 10 MB in one text</Button>
      </div>
      {shown === "diff" && <Diff before={text} after={other} names={["deployed", "draft"]} />}
      {shown === "rows" && <Json label="Response" value={rows()} />}
      {shown === "blob" && <Json label="Response" value={{ blob: "A".repeat(10_000_000) }} />}
    </Part>
  );
}
