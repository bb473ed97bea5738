/** How many passed and how many failed, from what the test runners report. A stage that ran nothing has failed: a test that is not run is no pass. */

/** @typedef {{ passed: number, failed: number, note?: string, output?: string, failures?: import('./failed.mjs').Failure[] }} Count */

/** One yes or no. @param {number} code exit code @returns {Count} */
export const checked = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })

/**
 * @param {import('./vitestReport.mjs').VitestReport | undefined} report undefined when it wrote none
 * @param {number} code
 * @returns {Count}
 */
export function countVitest(report, code) {
  if (!report) return { passed: 0, failed: 1, note: 'it ended without a report' }
  const { passed, failed, skipped } = report
  return settle({ passed, failed, ...(skipped > 0 ? { note: `${skipped} skipped` } : {}) }, code)
}

/**
 * A skipped test of the journey counts as failed.
 * @param {any} report of Playwright's json reporter; undefined when it wrote none
 * @param {number} code
 * @returns {Count}
 */
export function countPlaywright(report, code) {
  if (!report) return { passed: 0, failed: 1, note: 'it ended without a report' }
  const { expected, unexpected, flaky, skipped } = report.stats
  const failed = unexpected + flaky + skipped
  return settle({ passed: expected, failed, ...(skipped > 0 ? { note: `${skipped} skipped, which counts as failed` } : {}) }, code)
}

/** @param {Count} count @param {number} code @returns {Count} */
function settle(count, code) {
  if (count.failed > 0) return count
  if (code !== 0) return { ...count, failed: 1, note: `it ended with exit code ${code} although no test failed` }
  if (count.passed === 0) return { ...count, failed: 1, note: 'it ran no test' }
  return count
}

/** @param {Count[]} counts @returns {Count} */
export const total = (counts) => ({
  passed: counts.reduce((sum, count) => sum + count.passed, 0),
  failed: counts.reduce((sum, count) => sum + count.failed, 0),
})

/** The closing line. @param {Count} count */
export const closingLine = ({ passed, failed }) => `${passed} passed, ${failed} failed`
