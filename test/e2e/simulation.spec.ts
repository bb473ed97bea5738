/** A simulation in the window: chosen on the first screen, broken by clicking like processes, its history judged while it goes on and when it has ended. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { requireBuild } from '../support/built.ts'
import { type OpenLab, web } from './hosts.ts'
import { Workbench } from './workbench.ts'

requireBuild()

let home = ''
let open: OpenLab | undefined
test.beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'synod-simulation-'))
})
test.afterEach(async () => {
  await open?.kill()
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})

test('start in simulation, crash the leader, see that what clients saw is linearizable', async () => {
  open = await web.open(home)
  const { page } = open
  const bench = new Workbench(page)

  await page.getByRole('radio', { name: 'Simulation' }).click()
  await expect(page.getByText(/^5 simulated nodes, and room for 2 more; 2 may fail/)).toBeVisible()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const leader = await bench.settled(5)
  await expect(page.getByRole('banner').getByText('simulation', { exact: true })).toBeVisible()

  await bench.put('put x 1')
  await expect(page.getByRole('log', { name: 'Answers' })).toContainText('put x 1')
  await page.getByRole('switch', { name: 'Load' }).click()
  await bench.breakNode(leader.node, `Crash ${leader.node}`)
  await bench.waitFor(leader.node, 'down')
  await bench.leader(leader.term, leader.node)

  // The run itself is slowed, by the menu and by the palette, and says so.
  await page.getByRole('button', { name: 'Speed' }).click()
  await page.getByRole('menuitemcheckbox', { name: '20× slower' }).click()
  const says = (text: string) => page.getByRole('banner').getByText(text, { exact: true })
  await expect(says('20× slower')).toBeVisible()
  await choose(page, 'Let the run go faster')
  await expect(says('10× slower')).toBeVisible()
  await page.getByRole('button', { name: 'Undo time scale' }).click()
  await expect(says('20× slower')).toBeVisible()
  await page.getByRole('button', { name: 'Speed' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'real time' }).click()
  await expect(says('20× slower')).toBeHidden()

  // What is watched has one axis with the timeline, also while a button stands beside that.
  await bench.press('w')
  await page.getByLabel('A node, or * for all, a dot, and what it shows').fill('*.currentTerm')
  await page.keyboard.press('Enter')
  const lane = page.getByRole('img', { name: /^\*\.currentTerm/ })
  await expect(lane).toBeVisible()
  const across = async (of: Locator) => {
    const { x = 0, width = 0 } = (await of.boundingBox()) ?? {}
    return [x, x + width].map(Math.round)
  }
  expect(await across(lane)).toEqual(await across(bench.timeline))

  // A node that lies wears it, and is honest again when told so.
  const liar = leader.node === 'n1' ? 'n2' : 'n1'
  await bench.breakNode(liar, `Make ${liar} lie…`)
  const form = page.getByRole('dialog', { name: `Make ${liar} lie` })
  await form.getByText('Says nothing').click()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/lieForm.png` })
  await form.getByRole('button', { name: 'Lie', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Faults' }).getByText(`${liar} lies: says nothing`)).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/liar.png` })
  await page.getByRole('button', { name: `Let ${liar} speak the truth` }).click()
  await expect(page.getByRole('region', { name: 'Faults' }).getByText(`${liar} has lied`)).toBeVisible()

  await choose(page, 'Go to history')
  const history = page.getByRole('region', { name: 'History' })
  await expect(history.getByText('Linearizable so far')).toBeVisible()

  await choose(page, 'Stop recording')
  await expect(history.getByText('Linearizable', { exact: true })).toBeVisible()

  // From an operation to its call, by the keys.
  const operations = history.getByRole('listbox', { name: 'Operations' })
  await operations.focus()
  await operations.press('Home')
  await expect(operations.getByRole('option')).toContainText('you ask put x 1')
  await operations.press('Enter')
  await expect(page.getByRole('heading', { name: 'put x 1' })).toBeVisible()
  await expect.poll(() => bench.at()).toBeLessThan(await bench.lastEvent())

  // In the library it is a simulation.
  await bench.press('n')
  await expect(page.getByRole('navigation', { name: 'Library' }).getByText(/· simulation$/)).toBeVisible()
  await open.close()
})

async function choose(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('What do you want to do?').fill(command)
  await page.getByRole('option', { name: new RegExp(`^${command}`) }).click()
}
