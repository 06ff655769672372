import { defineConfig } from "@playwright/test";

// The browser of the machine: nothing is downloaded.
export default defineConfig({
  testDir: "test/e2e",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false, // a worker has one server, and the tests of a file share what they make on it
  forbidOnly: !!process.env.CI,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [["list", { printSteps: false }]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Oslo",
    colorScheme: "light",
    trace: "retain-on-failure",
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
