/**
 * `npm run fuzz`: the random tests again and again, each round with a new seed, until the rounds or the minutes are over or it is
 * interrupted. The end names what failed, with the seed and the command that repeats it. Files that are named are tried alone.
 */
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { failedText, failedVitest } from './failed.mjs'
import { underRightNode } from './node.mjs'
import { at, command, SetupError, say } from './place.mjs'
import { makeReady } from './ready.mjs'
import { newSeed } from './seed.mjs'
import { runVitest } from './vitest.mjs'

const ROUNDS = 10

/** The tests that draw seeds or let fast-check draw. @returns {string[]} */
export function randomTests(folder = at()) {
  const files = fs.readdirSync(path.join(folder, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'))
  return files
    .filter((name) => /\/seeds\.ts'|'fast-check'/.test(fs.readFileSync(path.join(folder, 'test', name), 'utf8')))
    .map((name) => path.join('test', name))
    .sort()
}

/** @param {string[]} args */
function choices(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { rounds: { type: 'string' }, minutes: { type: 'string' } },
    })
    const [rounds, minutes] = [values.rounds, values.minutes].map((text) => (text === undefined ? undefined : Number(text)))
    if ([rounds, minutes].some((number) => number !== undefined && !(number > 0)))
      throw new Error('--rounds and --minutes are numbers above 0')
    return {
      rounds: rounds || (minutes ? Number.POSITIVE_INFINITY : ROUNDS),
      minutes: minutes || Number.POSITIVE_INFINITY,
      files: positionals,
    }
  } catch (error) {
    throw new SetupError(`${/** @type {Error} */ (error).message}. For example: npm run fuzz -- --minutes 30 test/protocols`)
  }
}

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  process.chdir(at())
  const { rounds, minutes, files } = choices(process.argv.slice(2))
  await makeReady()
  const chosen = files.length > 0 ? files : randomTests()
  const end = performance.now() + minutes * 60_000
  let stopped = false
  process.on('SIGINT', () => (stopped = true))
  /** @type {import('./failed.mjs').Failure[]} */
  const failures = []
  for (let round = 1; round <= rounds && performance.now() < end && !stopped; round++) {
    const seed = newSeed()
    const { code, output, report } = await runVitest(chosen, { seed, quiet: true })
    if (stopped) break
    const found = failedVitest(report, String(seed))
    if (code !== 0 && found.length === 0)
      found.push({ where: `seed ${seed}`, message: output, repeat: `SYNOD_SEED=${seed} npm test -- ${chosen.join(' ')}` })
    failures.push(...found)
    say(`round ${round}, seed ${seed}: ${report?.passed ?? 0} passed, ${found.length} failed`)
    if (found.length > 0) console.log(failedText(found))
  }
  const all = failures.length
  if (all > 0) console.log(`\n${failedText(failures, { room: all * 600, most: all })}`)
  return failures.length > 0 ? 1 : 0
})
