/**
 * A reporter for vitest that writes down what `npm test` needs in the end: the counts, and each failure by name. Beside failed tests those are
 * files that could not be read, hooks that failed, and errors that nobody awaited. The file is named by SYNOD_TEST_REPORT.
 */
import fs from 'node:fs'
import path from 'node:path'

/** @typedef {{ file: string, name: string, message: string }} Failed */
/** @typedef {{ passed: number, failed: number, skipped: number, failures: Failed[] }} VitestReport */

const messageOf = (/** @type {any[]} */ errors) => errors.map(({ message, name }) => message || name || '').join('\n')

/** @param {any[]} modules @param {any[]} unhandled @param {string} root @returns {VitestReport} */
export function reportOf(modules, unhandled, root) {
  const report = { passed: 0, failed: 0, skipped: 0, failures: /** @type {Failed[]} */ ([]) }
  const fail = (/** @type {string} */ file, /** @type {string} */ name, /** @type {any[]} */ errors) => {
    report.failed++
    report.failures.push({ file: path.relative(root, file).split(path.sep).join('/'), name, message: messageOf(errors) })
  }
  for (const module of modules) {
    const file = module.moduleId
    if (module.errors().length > 0) fail(file, '', module.errors())
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) fail(file, suite.fullName, suite.errors())
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result()
      if (state === 'passed') report.passed++
      else if (state === 'failed') fail(file, test.fullName, errors || [])
      else report.skipped++
    }
  }
  for (const error of unhandled)
    fail(error.VITEST_TEST_PATH || '', error.VITEST_TEST_NAME ? `during or after: ${error.VITEST_TEST_NAME}` : '', [error])
  return report
}

export default class {
  /** @param {any} vitest */
  onInit(vitest) {
    this.root = vitest.config.root
  }

  /** @param {readonly any[]} modules @param {readonly any[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    const file = process.env.SYNOD_TEST_REPORT
    if (file) fs.writeFileSync(file, JSON.stringify(reportOf([...modules], [...unhandled], this.root || '')))
  }
}
