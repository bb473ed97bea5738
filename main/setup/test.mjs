/**
 * `npm test`: everything. Each stage runs even when one before it failed; the end says what failed, and the closing line adds them up.
 * `npm test -- -t name` runs the unit and integration tests that match; all arguments go to vitest. `npm test -- test/e2e ...`
 * runs the journeys that match; all arguments go to Playwright.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { getBrowser } from './browser.mjs'
import { runTool, temporaryIn } from './child.mjs'
import { checked, closingLine, countPlaywright, countVitest, total } from './count.mjs'
import { failedPlaywright, failedText, failedVitest } from './failed.mjs'
import { underRightNode } from './node.mjs'
import { at, command, SetupError, say } from './place.mjs'
import { makeReady } from './ready.mjs'
import { baseSeed } from './seed.mjs'
import { needsBuild } from './stale.mjs'
import { runVitest } from './vitest.mjs'

/** @typedef {import('./count.mjs').Count} Count */
/** @typedef {{ title: string, run: () => Promise<Count> }} Stage */
/** @typedef {{ stages: Stage[], beside?: Stage }} Turn One after the other, and another beside them. */
/** @typedef {{ title: string, count: Count, seconds: number }} Done */

/** @param {Turn[]} turns */
async function runTurns(turns) {
  /** @type {Done[]} */
  const done = []
  for (const { stages, beside } of turns) {
    const other = beside && timed(beside)
    for (const stage of stages) {
      console.log(`\n== ${stage.title}`)
      done.push(spokenOf(await timed(stage)))
    }
    if (!beside || !other) continue
    console.log(`\n== ${beside.title}, beside it`)
    done.push(spokenOf(await other))
  }
  console.log('')
  for (const { title, count, seconds } of done) {
    const mark = count.failed > 0 ? 'FAILED' : 'ok'
    console.log(`${mark.padEnd(7)}${title.padEnd(46)}${closingLine(count).padEnd(24)}${seconds.toFixed(0).padStart(5)} s`)
  }
  const failures = done.flatMap(({ title, count }) => named(title, count))
  if (failures.length > 0) console.log(`\n${failedText(failures)}`)
  const sum = total(done.map((stage) => stage.count))
  console.log(closingLine(sum))
  return sum.failed > 0 ? 1 : 0
}

/** @param {Stage} stage @returns {Promise<Done>} */
async function timed({ title, run }) {
  const began = process.hrtime.bigint()
  const count = await run().catch((error) => failedBy(error))
  return { title, count, seconds: Number(process.hrtime.bigint() - began) / 1e9 }
}

/** What a stage printed, where it was kept back, and what is to be said of it. @param {Done} done */
function spokenOf(done) {
  const { output, note } = done.count
  if (output) console.log(output.trimEnd())
  if (note) console.log(`${done.title}: ${note}`)
  return done
}

/** A stage that failed is named itself when nothing of it is. @param {string} title @param {Count} count */
function named(title, { failed, failures = [], note }) {
  if (failed === 0 || failures.length > 0) return failures
  return [{ where: title, message: note || 'see above', repeat: 'npm test' }]
}

/** @param {unknown} error @returns {Count} */
function failedBy(error) {
  if (error instanceof SetupError) say(error.message)
  else console.error(error)
  return { passed: 0, failed: 1, note: error instanceof Error ? error.message : String(error) }
}

/** Static checks: one tool each, one yes or no. */
const checks = [
  { title: 'types (vue-tsc)', tool: 'vue-tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { title: 'types of protocols, without any host', tool: 'tsc', args: ['--noEmit', '-p', 'protocols'] },
  { title: 'lint and format (biome)', tool: 'biome', args: ['ci', '--max-diagnostics=200'] },
  {
    ...{ title: 'arrows (dependency-cruiser)', tool: 'depcruise' },
    args: ['--config', '.dependency-cruiser.cjs', 'main', 'protocols', 'renderer', 'test'],
  },
]

/** They share nothing, and only the first one takes long: the others run beside it, one after the other. */
const inspection = {
  title: 'types, lint and format, arrows',
  run: async () => {
    const [first, ...others] = checks.map((check) => async () => {
      const { code, output } = await runTool(check.tool, check.args, { quiet: true })
      console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${check.title}`)
      if (code !== 0) console.log(output)
      const failure = { where: check.title, message: output, repeat: `node main/setup/run.mjs ${check.tool} ${check.args.join(' ')}` }
      return { ...checked(code), failures: code === 0 ? [] : [failure] }
    })
    const inTurn = async () => {
      const counts = []
      for (const other of others) counts.push(await other())
      return counts
    }
    const counts = (await Promise.all([first?.().then((count) => [count]) || [], inTurn()])).flat()
    return { ...total(counts), failures: counts.flatMap(({ failures }) => failures) }
  },
}

const browser = {
  title: 'a browser to test with',
  run: async () => {
    process.env.SYNOD_BROWSER = await getBrowser()
    console.log(process.env.SYNOD_BROWSER)
    return checked(0)
  },
}

const build = {
  title: 'build',
  run: async () => {
    await makeReady()
    return checked(0)
  },
}

/** What was tested is what the sources say now. */
const fresh = {
  title: 'the build is that of these sources',
  run: async () => {
    if (needsBuild()) say('a source changed while the tests ran: run npm test again')
    return checked(needsBuild() ? 1 : 0)
  },
}

/** @param {string[]} filter @param {string} [title] */
const tests = (filter, title = 'unit, property and integration tests (vitest)') => ({
  title,
  run: async () => {
    const { code, report } = await runVitest(filter)
    return { ...countVitest(report, code), failures: failedVitest(report, process.env.SYNOD_SEED) }
  },
})

/** @param {string} reports @param {string[]} filter @param {{ quiet?: boolean }} [how] `quiet`: what it prints is given with its count. */
const journey = (reports, filter, { quiet = false } = {}) => ({
  title: 'the journey in a browser (playwright)',
  run: async () => {
    const file = path.join(reports, 'playwright.json')
    const { code, output } = await runTool('playwright', ['test', '--reporter=list,json', ...filter], {
      env: { ...process.env, ...temporaryIn(reports), PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      quiet,
    })
    const report = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined
    return { ...countPlaywright(report, code), failures: failedPlaywright(report), output }
  },
})

/** @param {string} reports @param {string[]} filter @returns {Turn[]} */
function turnsFor(reports, filter) {
  if (filter.some((word) => /^(\.\/)?test\/e2e(\/|$)/.test(word))) return [{ stages: [browser, build, journey(reports, filter)] }]
  if (filter.length > 0) return [{ stages: [browser, build, tests(filter)] }]
  // A page draws for as long as it is open: beside many tests a journey takes three times as long, and most of it is drawing.
  // What is pure takes the processor that the journeys leave idle.
  const pure = tests(['--project=pure', '--maxWorkers=1'], 'tests of pure code (vitest)')
  return [
    { stages: [browser, build] },
    { stages: [inspection, pure], beside: journey(reports, [], { quiet: true }) },
    { stages: [tests(['--project=!pure']), fresh] },
  ]
}

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  process.chdir(at())
  if (process.env.SYNOD_SEED) process.env.SYNOD_SEED = String(baseSeed(process.env.SYNOD_SEED))
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-reports-'))
  try {
    await makeReady({ build: false })
    return await runTurns(turnsFor(reports, process.argv.slice(2)))
  } finally {
    fs.rmSync(reports, { recursive: true, force: true, maxRetries: 5 })
  }
})
