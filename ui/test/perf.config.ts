import { defineConfig } from "@playwright/test";
import screens from "../playwright.config";

// Measures alone: one browser, nothing recorded.
export default defineConfig({
  ...screens,
  testDir: ".",
  testMatch: "perf.ts",
  workers: 1,
  timeout: 900_000,
  use: { ...screens.use, trace: "off" },
});
