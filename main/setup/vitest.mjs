/** Running vitest, with what it found as data. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { childEnvironment, runTool, temporaryIn } from './child.mjs'
import { at } from './place.mjs'
import { needsBuild } from './stale.mjs'

/**
 * @param {string[]} args for `vitest run`
 * @param {{ seed?: number, quiet?: boolean }} [how]
 * @returns {Promise<{ code: number, output: string, report: import('./vitestReport.mjs').VitestReport | undefined }>}
 */
export async function runVitest(args, { seed, quiet = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-vitest-'))
  const file = path.join(folder, 'report.json')
  try {
    // Tests start many processes of the same few programs, some of them from their TypeScript source: each is compiled once.
    /** @type {NodeJS.ProcessEnv} */
    const env = {
      ...childEnvironment(),
      ...temporaryIn(folder),
      NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
      SYNOD_TEST_REPORT: file,
    }
    // What was built from these sources starts in half the time.
    if (!needsBuild()) env.SYNOD_BUILT = '1'
    if (seed !== undefined) env.SYNOD_SEED = String(seed)
    const reporters = ['--reporter=default', `--reporter=${at('main', 'setup', 'vitestReport.mjs')}`]
    const { code, output } = await runTool('vitest', ['run', ...reporters, ...args], { env, quiet })
    return { code, output, report: fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
