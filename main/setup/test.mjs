/**
 * `npm test`: everything. Each stage runs even when one before it failed; the closing line adds them up.
 * `npm test -- -t name` runs the unit and integration tests that match; all arguments go to vitest.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { getBrowser } from './browser.mjs'
import { runTool } from './child.mjs'
import { checked, closingLine, countPlaywright, countVitest, total } from './count.mjs'
import { underRightNode } from './node.mjs'
import { at, command, SetupError, say } from './place.mjs'
import { makeReady } from './ready.mjs'
import { needsBuild } from './stale.mjs'

/** @typedef {import('./count.mjs').Count} Count */

/** @param {{ title: string, run: () => Promise<Count> }[]} stages */
async function runStages(stages) {
  /** @type {{ title: string, count: Count, seconds: number }[]} */
  const done = []
  for (const stage of stages) {
    console.log(`\n== ${stage.title}`)
    const began = process.hrtime.bigint()
    const count = await stage.run().catch((error) => failedBy(error))
    const seconds = Number(process.hrtime.bigint() - began) / 1e9
    if (count.note) console.log(`${stage.title}: ${count.note}`)
    done.push({ title: stage.title, count, seconds })
  }
  console.log('')
  for (const { title, count, seconds } of done) {
    const mark = count.failed > 0 ? 'FAILED' : 'ok'
    console.log(`${mark.padEnd(7)}${title.padEnd(46)}${closingLine(count).padEnd(24)}${seconds.toFixed(0).padStart(5)} s`)
  }
  const sum = total(done.map((stage) => stage.count))
  console.log(closingLine(sum))
  return sum.failed > 0 ? 1 : 0
}

/** @param {unknown} error @returns {Count} */
function failedBy(error) {
  if (error instanceof SetupError) say(error.message)
  else console.error(error)
  return { passed: 0, failed: 1 }
}

/** A static check: one tool, one yes or no. @param {string} title @param {string} tool @param {string[]} args */
const check = (title, tool, args) => ({ title, run: async () => checked((await runTool(tool, args)).code) })

const types = check('types (vue-tsc)', 'vue-tsc', ['--noEmit', '-p', 'tsconfig.json'])
const floor = check('types of protocols, without any host', 'tsc', ['--noEmit', '-p', 'protocols'])
const lint = check('lint and format (biome)', 'biome', ['ci', '--max-diagnostics=200'])
const arrows = check('arrows (dependency-cruiser)', 'depcruise', [
  '--config',
  '.dependency-cruiser.cjs',
  'main',
  'protocols',
  'renderer',
  'test',
])

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

/** @param {string} reports @param {string[]} filter */
const tests = (reports, filter) => ({
  title: 'unit, property and integration tests (vitest)',
  run: async () => {
    const file = path.join(reports, 'vitest.json')
    const { code } = await runTool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filter])
    return countVitest(read(file), code)
  },
})

/** @param {string} reports */
const journey = (reports) => ({
  title: 'the journey in a browser (playwright)',
  run: async () => {
    const file = path.join(reports, 'playwright.json')
    const { code } = await runTool('playwright', ['test', '--reporter=list,json'], {
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    })
    return countPlaywright(read(file), code)
  },
})

/** @param {string} file */
const read = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined)

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  process.chdir(at())
  const filter = process.argv.slice(2)
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-reports-'))
  try {
    await makeReady({ build: false })
    const stages =
      filter.length > 0
        ? [browser, build, tests(reports, filter)]
        : [browser, build, types, floor, lint, arrows, tests(reports, []), fresh, journey(reports)]
    return await runStages(stages)
  } finally {
    fs.rmSync(reports, { recursive: true, force: true })
  }
})
