import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { baseSeed } from './main/setup/seed.mjs'

// Drawn here, once for all files. What was not asked for is not spoken of: the fixed seed is no news.
const asked = process.env.SYNOD_SEED
const seed = baseSeed(asked)
if (asked) console.log(`SYNOD_SEED=${seed} (repeat with SYNOD_SEED=${seed} npm test -- FILE)`)

export default defineConfig({
  // An element of HTML that Vue does not know yet, and would take for a component.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'search' } } })],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    setupFiles: ['test/support/vitestSetup.ts'],
    env: { SYNOD_SEED: String(seed) },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
