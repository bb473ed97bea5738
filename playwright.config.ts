/** The journey of a person, on the built lab, in a real browser. `npm test` names the browser in SYNOD_BROWSER; by hand Playwright's own is taken. */
import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './test/support/chromium.ts'

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  timeout: 900_000, // a limit for what hangs, not for a machine that is busy
  expect: { timeout: 120_000 },
  workers: 1, // each test has a cluster of its own, and the machine may have two cores
  forbidOnly: true,
  use: {
    actionTimeout: 120_000,
    viewport: { width: 1280, height: 800 },
    launchOptions: chromiumOptions(),
    // What was done and what the page said, without its pictures and without a copy of the page at each step: those make a journey
    // take more than twice as long. With them: npm test -- test/e2e/journey.spec.ts --trace retain-on-failure
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
})
