/**
 * The README's five minutes by keyboard alone, on real processes: no pointer is touched, and wherever the focus goes it can
 * be seen. What the keys promise is what a person without a mouse needs: to start, to ask, to break, to travel, to replay.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { requireBuild } from '../support/built.ts'
import { type OpenLab, web } from './hosts.ts'
import { Workbench } from './workbench.ts'

requireBuild()

const WORKING = /^(follower|candidate|leader)$/
const TABS_MAX = 60

let home = ''
let open: OpenLab | undefined
test.beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'synod-keyboard-'))
})
test.afterEach(async () => {
  await open?.kill()
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})

test('start, ask, break, heal, travel, close and replay without a pointer', async () => {
  open = await web.open(home)
  const { page } = open
  const bench = new Workbench(page)
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }

  await test.step('a cluster of three is started from the form', async () => {
    await tabTo(page, 'Nodes')
    await press('Control+a')
    await page.keyboard.type('3')
    await tabTo(page, 'Start')
    await press('Enter')
    await bench.leader()
  })

  await test.step('it is asked, and loaded', async () => {
    await press('c')
    await expect(page.getByRole('textbox', { name: 'An operation' })).toBeFocused()
    await page.keyboard.type('put x 1')
    await press('Enter', 'Escape')
    await expect(page.getByRole('log', { name: 'Answers' })).toContainText('put x 1')
    await choose(page, 'background load')
    await expect(page.getByRole('switch', { name: 'Load' })).toBeChecked()
  })

  const leader = await bench.leader()
  await test.step('the leader is crashed and restarted where the focus stands', async () => {
    await press('1')
    await walkTo(page, leader.node)
    await press('f')
    await expect(page.getByRole('menuitem', { name: `Crash ${leader.node}` })).toBeFocused()
    await press('Enter')
    await bench.waitFor(leader.node, 'down')
    await expect(option(page, leader.node)).toBeFocused()
    await bench.leader(leader.term, leader.node)
    await press('f')
    await expect(page.getByRole('menuitem', { name: `Restart ${leader.node}` })).toBeFocused()
    await press('Enter')
    await bench.waitFor(leader.node, WORKING)
  })

  await test.step('a link is cut one way', async () => {
    await press('1')
    await walkTo(page, 'n1')
    await press('ArrowRight')
    await walkTo(page, 'link n1 to n2')
    await press('f')
    await expect(page.getByRole('menuitem', { name: 'Cut n1 → n2' })).toBeFocused()
    await press('Enter')
    await expect(option(page, 'link n1 to n2')).toBeFocused()
    await expect(option(page, 'link n1 to n2')).toContainText(':')
    await expect(option(page, 'link n2 to n1')).not.toContainText(':')
    await press('ArrowLeft', 'Escape')
  })

  await test.step('two nodes are parted from the third', async () => {
    await choose(page, 'new fault')
    const form = page.getByRole('dialog', { name: 'New fault' })
    await expect(form.getByRole('radio', { name: 'Cut' })).toBeFocused()
    await press('Tab', 'ArrowRight')
    await expect(form.getByRole('radio', { name: 'Between two sides' })).toBeFocused()
    for (const node of ['n1', 'n2']) {
      await tabTo(page, node)
      const pressed = await form.getByRole('button', { name: node, exact: true }).getAttribute('aria-pressed')
      if (pressed !== 'true') await press('Space')
    }
    await tabTo(page, 'Arm')
    await press('Enter')
    await expect(page.getByText('Partition n1, n2 | n3').first()).toBeVisible()
  })

  await test.step('a link is slow and loses messages', async () => {
    await choose(page, 'n2 → n3: delay')
    await expect(page.getByRole('spinbutton', { name: 'Delay' })).toBeFocused()
    await type(page, '200')
    await press('Tab')
    await type(page, '50')
    await press('Enter')
    await choose(page, 'n2 → n3: loss')
    await expect(page.getByRole('spinbutton', { name: 'Probability' })).toBeFocused()
    await type(page, '10')
    await press('Enter')
    await expect.poll(() => bench.faultsOn('n2', 'n3')).toMatch(/200 ± 50 ms.*10\s?%/)
    await press('Escape')
  })

  await test.step('all is healed', async () => {
    await press('h')
    await expect.poll(() => bench.faultsOn('n2', 'n3')).not.toMatch(/:/)
    await press('Escape')
  })

  await test.step('a panel that is gone to has the keyboard, though it was behind another and has to read first', async () => {
    const homes = { 2: 'Events in space and time', 3: 'Steps in causal order', 6: 'Operations' }
    for (const [digit, home] of Object.entries(homes)) {
      await press(digit)
      await expect(page.getByRole('listbox', { name: home })).toBeFocused()
    }
    await press('1')
    await walkTo(page, 'n1')
    await press('Escape')
  })

  await test.step('time is travelled while the recording goes on', async () => {
    await press('Home')
    await expect.poll(() => bench.at()).toBe(0)
    await press('ArrowRight')
    await expect.poll(() => bench.at()).toBe(1)
    await press(']')
    await expect.poll(async () => (await bench.at()) > 1).toBe(true)
    const first = await bench.at()
    await press(']')
    await expect.poll(async () => (await bench.at()) > first).toBe(true)
    await press('[')
    await expect.poll(() => bench.at()).toBe(first)
    await press('1')
    await walkTo(page, 'n2')
    await press('Enter', 'Escape', 'Shift+ArrowRight')
    await expect.poll(async () => (await bench.at()) > first).toBe(true)
    const before = await bench.at()
    await press('Space')
    await expect.poll(async () => (await bench.at()) > before).toBe(true)
    await press('End')
    await expect(page.getByRole('button', { name: 'Live', exact: true })).toHaveAttribute('aria-pressed', 'true')
  })

  await test.step('every stop of the focus can be seen', async () => {
    expect(await unseenStops(page)).toEqual([])
    await press('/')
    await expect(page.getByRole('combobox', { name: 'Query' })).toBeFocused()
    expect(await focusIsSeen(page)).toBe(true)
    await press('Escape', '?')
    await expect(page.getByRole('dialog')).toContainText('Keys')
    await press('Escape')
  })

  await test.step('the run is stopped, left, found in the library and replayed', async () => {
    await choose(page, 'stop recording')
    await expect(page.getByRole('button', { name: /^(Go live|Live)$/ })).toHaveCount(0)
    await press('n')
    await tabTo(page, /^Raft, 3 nodes/)
    await press('Enter')
    await expect(page.getByText(/\d events? in /)).toBeVisible()
    await press('Home', 'Space')
    await expect.poll(async () => (await bench.at()) > 0).toBe(true)
    await press('End')
    await expect.poll(async () => (await bench.at()) === (await bench.lastEvent())).toBe(true)
  })
})

const option = (page: Page, start: string) => page.getByRole('option', { name: new RegExp(`^${start}(?![\\w])`) })

/** What has the focus, as a screen reader would call it. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null
    const label = at?.id ? document.querySelector(`label[for="${at.id}"]`) : at?.closest('label')
    return (at?.getAttribute('aria-label') ?? label?.textContent ?? at?.textContent ?? '').trim()
  })
}

async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (typeof name === 'string' ? at === name : name.test(at)) return
  }
  throw new Error(`Tab never reaches ${name}`)
}

/** Goes down the list that has the focus. */
async function walkTo(page: Page, start: string): Promise<void> {
  const wanted = option(page, start)
  for (let steps = 0; steps < TABS_MAX; steps++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`the arrows never reach ${start}`)
}

async function choose(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('What do you want to do?')).toBeFocused()
  await page.keyboard.type(command)
  await page.keyboard.press('Enter')
  await expect(page.getByPlaceholder('What do you want to do?')).toBeHidden()
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** A ring round it, its box or its label; what is drawn on the canvas shows the focus of its list there. */
async function focusIsSeen(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const at = document.activeElement
    const ring = (element: Element | null) => {
      if (!element) return false
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    }
    // A field may be ringed together with what stands in it: its box is no further off than this.
    const around = [at, at?.parentElement ?? null, at?.parentElement?.parentElement ?? null, at?.closest('label') ?? null]
    return at?.closest('[data-topology] [role="listbox"]') !== null || around.some(ring)
  })
}

/** Tabs once through the window; the names of the stops at which nothing shows the focus. */
async function unseenStops(page: Page): Promise<string[]> {
  const unseen: string[] = []
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(() => document.activeElement === document.body)) break
    if (!(await focusIsSeen(page))) unseen.push(await focused(page))
  }
  return unseen
}
