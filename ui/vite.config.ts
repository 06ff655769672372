import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = "http://127.0.0.1:8080";

// Nothing is painted before the theme that a person chose is there: main.tsx sets it, and all that it needs is of the first load anyway.
const paintedOnce: Plugin = {
  name: "painted-once",
  transformIndexHtml: {
    order: "post",
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

// The page finds its assets from a <base> that the server writes, so that one build works below any prefix.
export default defineConfig({
  base: "./",
  plugins: [react(), paintedOnce],
  build: {
    outDir: "../internal/ui/dist",
    emptyOutDir: false, // README.txt stays; scripts/pack.mjs removes what is old
    assetsDir: "ui/assets",
    assetsInlineLimit: 0, // the policy allows no scripts or styles inside the page
    modulePreload: { polyfill: false },
    target: "es2023",
    manifest: true,
    license: { fileName: "ui/assets/licenses.txt" }, // of the packages that are in the bundles
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/v5", "/ui/session", "/docs", "/openapi.json", "/health", "/ready", "/metrics"].map((path) => [path, server]),
    ),
  },
  test: { include: ["src/**/*.test.ts", "test/unit/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
