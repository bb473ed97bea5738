/** What `synod run` and `synod sim` share: finding a scenario, and saying how it goes and what came of it. */
import fs from 'node:fs'
import { LabError } from '../../contract/errors.ts'
import type { Lab, ScenarioOutcome, ScenarioProgress } from '../../lab.ts'

/** A file when there is one of that name, else `protocol/scenario`. */
export async function findScenario(lab: Lab, name: string): Promise<{ text: string; fileName: string }> {
  if (fs.existsSync(name) && fs.statSync(name).isFile()) {
    try {
      return { text: fs.readFileSync(name, 'utf8'), fileName: name }
    } catch (error) {
      throw new LabError('bad-scenario', `${name} cannot be read: ${(error as Error).message}`)
    }
  }
  const { protocols } = (await lab.dispatch('lab.info', {})) as {
    protocols: { name: string; scenarios: { name: string; text: string }[] }[]
  }
  const known = protocols.flatMap((protocol) =>
    protocol.scenarios.map((scenario) => ({ ...scenario, path: `${protocol.name}/${scenario.name}` })),
  )
  const found = known.find((scenario) => scenario.path === name)
  if (found) return { text: found.text, fileName: found.path }
  const near = known.filter(({ path }) => path.startsWith(`${name.split('/')[0]}/`))
  throw new LabError(
    'not-found',
    `There is no scenario file ${name}, and no protocol has a scenario of that name.`,
    `Built in are ${(near.length > 0 ? near : known).map(({ path }) => path).join(', ')}.`,
  )
}

export function progressLine({ step, of, is, text, detail, atMs }: ScenarioProgress): string {
  const at = `${(atMs / 1000).toFixed(1)} s`.padStart(8)
  const count = `${step}/${of}`.padStart(String(of).length * 2 + 1)
  const came = detail === undefined ? '' : `: ${detail}`
  if (is === 'begun') return `${at}  ${count}  ${text} ...`
  return `${at}  ${count}  ${text}${is === 'failed' ? ' FAILED' : ''}${came}`
}

export function report(outcome: ScenarioOutcome, size: string, file: string): string {
  const mark = { pass: 'ok  ', fail: 'FAIL', unknown: '?   ' }
  const lines = outcome.expectations.map(
    ({ text, is, why }) => `${mark[is]} ${text}${is === 'pass' || why === undefined ? '' : `: ${why}`}`,
  )
  const verdict = outcome.why === undefined ? outcome.is : `${outcome.is}: ${outcome.why}`
  return [...lines, `Verdict: ${verdict}`, `Run ${outcome.run} (${size}) in ${file}`].join('\n')
}
