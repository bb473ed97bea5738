/**
 * Why one opens the lab rather than read logs: a leader is cut off, another takes its place, and happened-before shows that what the
 * two wrote is concurrent; from before the partition the run is branched without it, and the two runs are compared.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { requireBuild } from '../support/built.ts'
import { type OpenLab, web } from './hosts.ts'
import { Workbench } from './workbench.ts'

requireBuild()

let home = ''
let open: OpenLab | undefined
test.beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'synod-whatif-'))
})
test.afterEach(async () => {
  await open?.kill()
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})

test('a deposed leader, its entry beside that of the next, and the run as it would have been', async () => {
  open = await web.open(home)
  const { page } = open
  const bench = new Workbench(page)

  await page.getByRole('radio', { name: 'Simulation' }).click()
  // As in the paper: a leader that nobody hears goes on for ever, and its clients wait instead of telling the others.
  await page.getByRole('button', { name: /own options$/ }).click()
  await page.getByRole('switch', { name: 'Plain elections' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const old = await bench.settled(5)
  const [mate, ...others] = (await bench.nodes()).map(({ node }) => node).filter((node) => node !== old.node)
  await page.getByRole('switch', { name: 'Load' }).click()

  let next = old
  await test.step('the leader and one follower are cut off while clients write, and the others elect', async () => {
    const sides = [old.node, mate as string].sort()
    await bench.lasso(sides, `Partition ${sides.join(', ')} | ${others.join(', ')}`)
    next = await bench.leader(old.term, old.node)
    await choose(page, 'Stop recording')
  })

  await test.step('happened-before: what the two leaders sent is concurrent', async () => {
    await page.getByRole('tab', { name: 'Space-time' }).click()
    // With entries or without: those wait for an answer that does not come, heartbeats go on. Its last one is of the time after the cut.
    await pickLast(page, `kind:send from:${old.node} to:${others[0]} type:AppendEntries term=${old.term}`)
    const diagram = page.getByRole('listbox', { name: 'Events in space and time' })
    await expect(diagram.getByRole('option')).toContainText(old.node)
    await diagram.press('x')
    await pickLast(page, `kind:send from:${next.node} type:AppendEntries term=${next.term}`)
    const relation = page.getByRole('region', { name: 'Happened before' })
    await expect(relation.getByText('a ∥ b')).toBeVisible()
    await expect(relation.getByRole('table', { name: 'Vector clocks' })).toBeVisible()
  })

  await test.step('scrubbed back to where both sides still heard each other, and branched without the partition', async () => {
    await choose(page, 'To the beginning')
    await expect.poll(() => bench.at()).toBe(0)
    await bench.press(']')
    await expect.poll(() => bench.at()).toBeGreaterThan(0)
    await bench.press('b')
    const form = page.getByRole('dialog', { name: 'Branch here' })
    await form.getByRole('switch', { name: /Heal all first/ }).click()
    await form.getByRole('button', { name: 'Branch without the faults' }).click()
    await expect(form).toBeHidden()
    await page.getByRole('tab', { name: 'Topology' }).click()
    const leader = await bench.settled(5)
    expect(leader).toMatchObject({ node: old.node, term: old.term })
    await choose(page, 'Stop recording')
  })

  await test.step('compared: alike up to the branch, and then another leader', async () => {
    await bench.press('9')
    const compare = page.getByRole('region', { name: 'Compare' })
    await compare.getByRole('button', { name: 'Compare', exact: true }).click()
    await expect(compare.getByRole('status')).toContainText(/the same/)
    await compare.getByRole('button', { name: /^Go to where they part/ }).click()
    await expect.poll(() => bench.at()).toBeGreaterThan(1)
  })
  await open.close()
})

/** Asks the log and chooses the last event that it finds. */
async function pickLast(page: Page, query: string): Promise<void> {
  const bar = page.getByRole('combobox', { name: 'Query' })
  await bar.fill(query)
  await bar.press('Enter')
  const log = page.getByRole('listbox', { name: 'Event log' })
  await expect(page.getByText(/^[1-9][\d,]* found$/)).toBeVisible()
  await log.focus()
  await log.press('End')
  await log.press('Enter')
}

async function choose(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('What do you want to do?').fill(command)
  await page.getByRole('option', { name: new RegExp(`^${command}`) }).click()
}
