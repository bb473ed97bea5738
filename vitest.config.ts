import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // An element of HTML that Vue does not know yet, and would take for a component.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'search' } } })],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
