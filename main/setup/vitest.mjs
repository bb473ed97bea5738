/** Running vitest, with what it found as data. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { childEnvironment, runTool } from './child.mjs'
import { at } from './place.mjs'

/**
 * @param {string[]} args for `vitest run`
 * @param {{ seed?: number, quiet?: boolean }} [how]
 * @returns {Promise<{ code: number, output: string, report: import('./vitestReport.mjs').VitestReport | undefined }>}
 */
export async function runVitest(args, { seed, quiet = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-vitest-'))
  const file = path.join(folder, 'report.json')
  try {
    const { code, output } = await runTool(
      'vitest',
      ['run', '--reporter=default', `--reporter=${at('main/setup/vitestReport.mjs')}`, ...args],
      {
        env: { ...childEnvironment(), SYNOD_TEST_REPORT: file, ...(seed === undefined ? {} : { SYNOD_SEED: String(seed) }) },
        quiet,
      },
    )
    return { code, output, report: fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
