/**
 * The main job from end to end: a person starts a cluster of real processes, breaks it by clicking, travels back, jumps to
 * now, closes the lab, opens it again and replays the run. The same steps in every host.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { requireBuild } from '../support/built.ts'
import { isAlive, isStopped } from '../support/processes.ts'
import { double, type Host, type OpenLab, realElectron, web } from './hosts.ts'
import { Workbench } from './workbench.ts'

requireBuild()
const real = await realElectron()
if (typeof real === 'string')
  console.log(`The journey is not made in Electron itself: ${real}. It is made over a double of its API instead.`)
const hosts: Host[] = [web, double, ...(typeof real === 'string' ? [] : [real])]

/** A process that is up is one of these; which one may change at any time. */
const WORKING = /^(follower|candidate|leader)$/

let home = ''
let open: OpenLab | undefined
test.beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'synod-journey-'))
})
test.afterEach(async () => {
  await open?.kill()
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})

for (const host of hosts) {
  test(`start, break, travel back, close and replay: ${host.name}`, async () => {
    open = await host.open(home)
    await live(new Workbench(open.page))
    await open.close()
    open = await host.open(home)
    await replay(new Workbench(open.page))
    await open.close()
  })
}

async function live(bench: Workbench): Promise<void> {
  const { page } = bench
  let leader = { node: '', is: '', term: 0 }
  let leaderPid = 0

  await test.step('five processes start and elect a leader', async () => {
    await page.getByRole('spinbutton', { name: 'Nodes' }).fill('5')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    leader = await bench.settled(5)
    leaderPid = await bench.processOf(leader.node)
    expect(isAlive(leaderPid)).toBe(true)
  })

  await test.step('put x 1 is answered', async () => {
    await bench.put('put x 1')
    await expect(page.getByRole('log', { name: 'Answers' })).toContainText('put x 1')
    await bench.put('get x')
    await expect(page.getByRole('log', { name: 'Answers' }).getByText('1', { exact: true })).toBeVisible()
  })

  const crashed = leader.node
  await test.step('the leader is crashed: its process is gone, and another leads', async () => {
    await bench.breakNode(crashed, `Crash ${crashed}`)
    await bench.waitFor(crashed, 'down')
    expect(isAlive(leaderPid)).toBe(false)
    leader = await bench.leader(leader.term, crashed)
  })

  await test.step('it is restarted and catches up', async () => {
    await bench.put('put y 2')
    await bench.breakNode(crashed, `Restart ${crashed}`)
    await bench.waitFor(crashed, WORKING)
    const again = await bench.processOf(crashed)
    expect(again).not.toBe(leaderPid)
    expect(isAlive(again)).toBe(true)
    const commit = (node: string) => bench.fact(node, 'commit')
    const reached = await commit(leader.node)
    await expect.poll(() => commit(crashed)).toBeGreaterThanOrEqual(reached)
  })

  const [paused = '', other = ''] = (await bench.nodes()).filter(({ is }) => is === 'follower').map(({ node }) => node)
  await test.step('a follower is paused and goes on', async () => {
    const pid = await bench.processOf(paused)
    await bench.breakNode(paused, `Pause ${paused}`)
    await bench.waitFor(paused, 'paused')
    await expect.poll(() => isStopped(pid, true)).toBe(true)
    await bench.breakNode(paused, `Resume ${paused}`)
    await bench.waitFor(paused, WORKING)
    await expect.poll(() => isStopped(pid, false)).toBe(false)
  })

  await test.step('a link is cut one way', async () => {
    await bench.breakLinkByHand(other, paused, `Cut ${other} → ${paused}`)
    await expect.poll(() => bench.faultsOn(other, paused)).toMatch(/:/)
    expect(await bench.faultsOn(paused, other)).not.toMatch(/:/)
  })

  await test.step('two nodes are parted from the rest by a loop', async () => {
    const nodes = (await bench.nodes()).map(({ node }) => node)
    const [a = '', b = ''] = nodes
    const rest = nodes.slice(2)
    await bench.lasso([a, b], `Partition ${a}, ${b} | ${rest.join(', ')}`)
    await expect.poll(() => bench.faultsOn(a, rest[0] ?? '')).toMatch(/:/)
    expect(await bench.faultsOn(a, b)).not.toMatch(/partition/i)
  })

  await test.step('a link is slow and loses messages', async () => {
    await bench.breakLink(paused, other, 'Delay…')
    await bench.armForm({ Delay: 200, Jitter: 50 })
    await bench.breakLink(paused, other, 'Loss…')
    await bench.armForm({ Probability: 10 })
    await expect.poll(() => bench.faultsOn(paused, other)).toMatch(/200 ± 50 ms.*10\s?%/)
  })

  await test.step('all is healed', async () => {
    await bench.press('h')
    await expect.poll(() => bench.faultsOn(paused, other)).not.toMatch(/:/)
    expect(await bench.faultsOn(other, paused)).not.toMatch(/:/)
    leader = await bench.leader()
    await expect.poll(async () => (await bench.nodes()).every(({ is }) => is === 'leader' || is === 'follower')).toBe(true)
  })

  await test.step('the timeline is dragged back, stepped and played, while the recording goes on', async () => {
    const end = await bench.lastEvent()
    await bench.dragTo(0.25) // where the recording surely is: the axis reaches beyond it, up to twice as far
    const liveButton = page.getByRole('button', { name: 'Go live' })
    await expect(liveButton).toBeVisible()
    let there = Number.NaN
    // The lab is asked which event stands there: the playhead rests when it has answered.
    const rests = async () => {
      const before = there
      there = await bench.at()
      return there === before && there < end
    }
    await expect.poll(rests, { intervals: [500] }).toBe(true)
    expect(there).toBeLessThan(await bench.lastEvent())
    await bench.press('ArrowRight')
    await expect.poll(() => bench.at()).toBe(there + 1)
    await bench.press('ArrowLeft')
    await bench.press('ArrowLeft')
    await expect.poll(() => bench.at()).toBe(there - 1)
    const lastBefore = await bench.lastEvent()
    await bench.press('Space')
    await expect.poll(() => bench.at()).toBeGreaterThan(there)
    await bench.press('Space')
    await expect.poll(() => bench.lastEvent()).toBeGreaterThan(lastBefore)
    await bench.seesCrash(crashed)
    await liveButton.click()
    await expect(page.getByRole('button', { name: 'Live', exact: true })).toHaveAttribute('aria-pressed', 'true')
    await expect.poll(async () => (await bench.node(crashed))?.is).toMatch(WORKING)
  })
}

async function replay(bench: Workbench): Promise<void> {
  const { page } = bench
  await test.step('the run is found in the library, opened and replayed', async () => {
    const library = page.getByRole('navigation', { name: 'Library' })
    if (!(await library.isVisible())) await bench.press('l')
    await library.getByRole('button', { name: /raft/i }).first().click()
    await expect(page.getByText(/\d events? in /)).toBeVisible()
    await expect(page.getByRole('button', { name: /^(Go live|Live)$/ })).toHaveCount(0)
    await bench.press('Home')
    await expect.poll(() => bench.at()).toBe(0)
    await bench.press('Space')
    await expect.poll(() => bench.at()).toBeGreaterThan(0)
    await bench.press('End')
    const last = await bench.lastEvent()
    await expect.poll(() => bench.at()).toBe(last)
    await expect.poll(async () => (await bench.nodes()).length).toBe(5)
  })
}
