import { defineConfig } from "@playwright/test";

// The browser of the machine: nothing is downloaded.
export default defineConfig({
  projects: [
    { name: "e2e", testDir: "test/e2e" },
    { name: "shots", testDir: "test", testMatch: "shots.ts" },
    { name: "perf", testDir: "test", testMatch: "perf.ts", timeout: 900_000, workers: 1, retries: 0 },
  ],
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false, // a worker has one server, and the tests of a file share what they make on it
  forbidOnly: !!process.env.CI,
  retries: process.env.CI ? 1 : 0, // on a busy machine; what fails once is told as flaky
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list", { printSteps: false }]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Oslo",
    colorScheme: "light",
    trace: "on-first-retry", // a quarter of the processor's time, if it were always on
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
