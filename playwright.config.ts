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
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
})
