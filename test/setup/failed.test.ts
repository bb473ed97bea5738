/** What failed is named at the end, whatever runs the tests, and is short enough to be seen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { childEnvironment, runTool } from '../../main/setup/child.mjs'
import { failedPlaywright, failedText, failedVitest } from '../../main/setup/failed.mjs'
import { at } from '../../main/setup/place.mjs'
import { runVitest } from '../../main/setup/vitest.mjs'

const folder = mkdtempSync(at('node_modules', '.synod-failed-')) // where vitest and Playwright find themselves
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const failure = (index: number, message = 'Error: expected 1 to be 2\n\nmore') => ({
  where: `test/main/a${index}.test.ts > something that was said of it`,
  message,
  repeat: `npm test -- test/main/a${index}.test.ts -t "something that was said of it"`,
})

describe('the text', () => {
  test('nothing when nothing failed', () => expect(failedText([])).toBe(''))

  test('one failure: where, the beginning of its message, how to repeat it', () => {
    expect(failedText([failure(1)]).split('\n')).toEqual([
      'What failed (1):',
      '- test/main/a1.test.ts > something that was said of it',
      '    Error: expected 1 to be 2',
      '    more',
      '  repeat: npm test -- test/main/a1.test.ts -t "something that was said of it"',
    ])
  })

  test.each([1, 2, 6, 7, 300])(
    '%i failures with long messages fit in what is seen, and none of those shown is without its command',
    (count) => {
      const failures = Array.from({ length: count }, (_, index) =>
        failure(index, `\u001b[31mError: ${'many words '.repeat(200)}\n`.repeat(40)),
      )
      const text = failedText(failures)
      expect(text.length).toBeLessThan(1800)
      expect(text).toContain(`What failed (${count})`)
      for (const { repeat } of failures.slice(0, 6)) expect(text).toContain(repeat)
      expect(text).not.toContain('\u001b')
      if (count > 6) expect(text).toContain(`and ${count - 6} more`)
    },
  )
})

describe('vitest', () => {
  const source = `import { beforeAll, describe, expect, test } from 'vitest'
test('passes', () => {})
describe('a (b) [c]', () => { test('one is "two" $1', () => { expect(1).toBe(2) }) })
describe('its hook', () => { beforeAll(() => { throw new Error('no hook') }); test('never runs', () => {}) })
test('leaves something behind', async () => {
  setTimeout(() => { throw new Error('nobody awaited this') }, 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
})`
  const run = async (...args: string[]) => {
    writeFileSync(path.join(folder, 'some.test.mjs'), source)
    writeFileSync(path.join(folder, 'broken.test.mjs'), `throw new Error('cannot be read')`)
    writeFileSync(path.join(folder, 'vitest.config.mjs'), `export default { test: { include: ['*.test.mjs'] } }`)
    return runVitest(['--root', folder, ...args], { quiet: true })
  }

  test('a test, a hook, a file that cannot be read and an error that nobody awaited are all named', async () => {
    const { code, report } = await run()
    expect(code).not.toBe(0)
    expect(report).toMatchObject({ passed: 2, failed: 4, skipped: 1 })
    const failures = failedVitest(report, '7')
    expect(Object.fromEntries(failures.map(({ where, message }) => [where, message.split('\n')[0]]))).toEqual({
      'some.test.mjs > a (b) [c] > one is "two" $1': 'expected 1 to be 2 // Object.is equality',
      'some.test.mjs > its hook': 'no hook',
      'broken.test.mjs': 'cannot be read',
      'some.test.mjs > during or after: leaves something behind': 'nobody awaited this',
    })
    const repeat = failures.find(({ where }) => where.includes('one is'))?.repeat ?? ''
    expect(repeat).toMatch(/^SYNOD_SEED=7 npm test -- some.test.mjs -t "/)
    const again = await run('some.test.mjs', '-t', /-t "(.*)"$/.exec(repeat)?.[1] ?? '')
    expect(again.report).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('playwright', () => {
  test('a test is named with the step in which it failed, and a file that cannot be read is, too', async () => {
    const journeys = mkdtempSync(path.join(folder, 'e2e-'))
    const source = `import { expect, test } from '@playwright/test'
test('passes', () => {})
test.describe('outer', () => {
  test('inner', () => test.step('a step', () => test.step('within', () => { expect(1).toBe(2) })))
})
test.skip('is skipped', () => {})`
    writeFileSync(path.join(journeys, 'some.spec.mjs'), source)
    writeFileSync(path.join(journeys, 'playwright.config.mjs'), 'export default { workers: 1 }')
    const play = async () => {
      const out = path.join(mkdtempSync(path.join(tmpdir(), 'synod-failed-')), 'report.json')
      const env = { ...childEnvironment(), PLAYWRIGHT_JSON_OUTPUT_FILE: out }
      await runTool('playwright', ['test', '--reporter=json', '-c', journeys], { env, quiet: true })
      const { default: report } = await import(out, { with: { type: 'json' } })
      rmSync(path.dirname(out), { recursive: true })
      return failedPlaywright(report)
    }
    expect(await play()).toEqual([
      {
        where: 'test/e2e/some.spec.mjs > outer > inner > a step > within',
        message: expect.stringContaining('toBe'),
        repeat: 'npm test -- test/e2e/some.spec.mjs:4',
      },
      { where: 'test/e2e/some.spec.mjs > is skipped', message: 'skipped', repeat: 'npm test -- test/e2e/some.spec.mjs:6' },
    ])
    writeFileSync(path.join(journeys, 'some.spec.mjs'), `throw new Error('cannot be read')`)
    const [broken] = await play()
    expect(broken?.message).toContain('cannot be read')
  })
})
