import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/postgres.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the cores it is measured on: a third of the time is waiting for a disk or a browser.
    maxWorkers: 3,
    // No module of ours does anything when it loads, so that a file need not load them all again.
    isolate: false,
  },
});
