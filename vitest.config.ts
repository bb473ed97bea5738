import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { baseSeed } from './main/setup/seed.mjs'

// Drawn here, once for all files. What was not asked for is not spoken of: the fixed seed is no news.
const asked = process.env.SYNOD_SEED
const seed = baseSeed(asked)
if (asked) console.log(`SYNOD_SEED=${seed} (repeat with SYNOD_SEED=${seed} npm test -- FILE)`)

/** Pure code leaves nothing behind: its tests share one thread and load what they have in common once. */
const PURE = ['test/protocols/**/*.test.ts', 'test/renderer/model/**/*.test.ts']
const WINDOW = ['test/renderer/**/*.test.ts']

export default defineConfig({
  // An element of HTML that Vue does not know yet, and would take for a component.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'search' } } })],
  test: {
    setupFiles: ['test/support/vitestSetup.ts'],
    env: { SYNOD_SEED: String(seed) },
    // Limits for what hangs, not for a machine that is busy.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // One more than the cores of a small machine: a test of processes mostly waits for them.
    maxWorkers: 3,
    projects: [
      // The first to begin: they take longest, and what is left at the end should be short.
      {
        extends: true,
        test: { name: 'processes', include: ['test/**/*.test.ts'], exclude: [...PURE, ...WINDOW, 'test/e2e/**'], pool: 'forks' },
      },
      { extends: true, test: { name: 'window', include: WINDOW, exclude: PURE, pool: 'threads' } },
      { extends: true, test: { name: 'pure', include: PURE, pool: 'threads', isolate: false } },
    ],
  },
})
