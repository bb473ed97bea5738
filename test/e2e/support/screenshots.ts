/**
 * Photographs the window over the fake lab, light and dark, at the two sizes it is designed for, so that a
 * person can look at it: `node test/e2e/support/screenshots.ts OUT_FOLDER [scene ...]`. Needs a Chromium
 * (SYNOD_BROWSER, else /usr/bin/chromium). SYNOD_SMALL=light or dark takes only the smaller size in that theme,
 * SYNOD_SIGHT=deuteranopia or achromatopsia shows what such an eye sees.
 */
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { createServer } from 'vite'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** How the eye that looks sees. */
type Sight = 'deuteranopia' | 'protanopia' | 'tritanopia' | 'achromatopsia'

const SIZES = { small: { width: 1280, height: 800 }, large: { width: 1920, height: 1080 } } as const

/** What is photographed: each scene starts from a freshly loaded window. */
export const scenes: Record<string, (page: Page) => Promise<void>> = {
  start: async () => undefined,
  simulation: async (page) => {
    await page.getByRole('radio', { name: 'Simulation' }).click()
    await page.waitForTimeout(100)
  },
  simulated: async (page) => {
    await page.getByRole('radio', { name: 'Simulation' }).click()
    await scenes.live?.(page)
    await page.keyboard.press('l')
  },
  machines: async (page) => {
    await scenes.simulated?.(page)
    for (const part of ['Clock of n2…', 'Disk of n2…', 'Clock of n3…']) {
      await page
        .getByRole('listbox', { name: 'Nodes' })
        .getByRole('option', { name: part.slice(-3, -1) })
        .press('ContextMenu')
      await page.getByRole('menuitem', { name: part, exact: true }).click()
      if (part !== 'Clock of n3…') await page.getByRole('button', { name: 'Set', exact: true }).click()
    }
  },
  live: async (page) => {
    await page
      .getByRole('button', { name: /^Kill the leader/ })
      .first()
      .click()
    await page
      .getByText(/leads term/)
      .first()
      .waitFor()
    await page.waitForFunction(() => /\+[6-9]\.|\+\d\d\./.test(document.querySelector('.time')?.textContent ?? ''), undefined, {
      timeout: 30_000,
    })
  },
  replay: async (page) => {
    await page
      .getByRole('button', { name: /Leader crash and partition/ })
      .first()
      .click()
    await seek(page, 0.52)
  },
  node: async (page) => {
    await page
      .getByRole('button', { name: /Leader crash and partition/ })
      .first()
      .click()
    await seek(page, 0.245)
    await page.keyboard.press(']')
    await page.waitForTimeout(300)
  },
  violation: async (page) => {
    await page
      .getByRole('button', { name: /Election safety broken/ })
      .first()
      .click()
    await page
      .getByRole('button', { name: /1 violation/ })
      .last()
      .click()
    await page.waitForTimeout(300)
  },
  history: async (page) => {
    await page
      .getByRole('button', { name: /Leader crash and partition/ })
      .first()
      .click()
    await seek(page, 0.245)
    await page.keyboard.press('6')
    await page.getByText('Linearizable', { exact: true }).waitFor()
    await page.waitForTimeout(200)
    const box = await page.getByRole('listbox', { name: 'Operations' }).boundingBox()
    if (box) await page.mouse.move(box.x + box.width * 0.4, box.y + 60)
  },
  contradiction: async (page) => {
    await page
      .getByRole('button', { name: /A stale read/ })
      .first()
      .click()
    await page.keyboard.press('6')
    await page.getByText(/^Not linearizable/).waitFor()
    await page.waitForTimeout(200)
  },
  asking: async (page) => {
    await scenes.live?.(page)
    await page.keyboard.press('6')
    await page.getByText('Linearizable so far').waitFor({ timeout: 15_000 })
    await page.waitForTimeout(1500)
  },
  query: async (page) => {
    await recorded(page)
    await ask(page, 'kind:drop,action or role:leader')
    await page.getByRole('button', { name: 'Next match' }).click()
    await page.waitForTimeout(400)
  },
  completion: async (page) => {
    await recorded(page)
    await page.keyboard.press('/')
    await page.keyboard.type('type:AppendEntries prev')
    await page.waitForTimeout(300)
  },
  mistake: async (page) => {
    await recorded(page)
    await ask(page, 'node:n2 kind:dropp')
    await page.waitForTimeout(700)
  },
  sides: async (page) => {
    await recorded(page)
    await page.getByRole('button', { name: 'Nodes side by side' }).click()
    await ask(page, 'not type:AppendEntriesReply')
    await page.waitForTimeout(300)
  },
  message: async (page) => {
    await recorded(page)
    await ask(page, 'kind:drop fault:*')
    await page.getByRole('button', { name: 'Next match' }).click()
    await page.getByRole('button', { name: 'Its message' }).click()
    await page.getByText('Faults on its way').waitFor()
    await page.waitForTimeout(300)
  },
  cause: async (page) => {
    await recorded(page)
    await ask(page, 'note:becomeLeader')
    await page.getByRole('button', { name: 'Last match' }).click()
    await page.getByText('Leads to').waitFor()
    await page.waitForTimeout(300)
  },
  futures: async (page) => {
    await page
      .getByRole('button', { name: /shrunk from A bad afternoon/ })
      .first()
      .click()
    await page.keyboard.press('7')
    await page.getByRole('button', { name: 'Look at the violation' }).click()
    await page
      .getByRole('button', { name: /36 % of 200 futures/ })
      .first()
      .click()
  },
  state: async (page) => {
    await replayed(page, 0.52)
    await command(page, 'Go to state')
    await page.getByRole('tree', { name: /Whole state/ }).waitFor()
    const row = page.getByRole('treeitem').filter({ hasText: 'commitIndex' }).first()
    await row.click({ button: 'right' })
    await page.getByRole('menuitem', { name: /When did this change/ }).click()
    await page.getByText(/changes? (in the run|nearest)/).waitFor()
  },
  statediff: async (page) => {
    await replayed(page, 0.3)
    await command(page, 'Go to state')
    await page.getByRole('button', { name: 'Pin A' }).click()
    await seek(page, 0.7)
    await page.getByRole('group', { name: 'Whose state' }).getByRole('button', { name: 'n2' }).click()
    await page
      .getByText(/the same/)
      .first()
      .waitFor()
  },
  watches: async (page) => {
    await replayed(page, 0.52)
    for (const text of ['*.role', '*.commitIndex', '*.term', 'n2.leader']) {
      await page.keyboard.press('w')
      await page.getByRole('combobox', { name: /A node, or/ }).fill(text)
      await page.keyboard.press('Enter')
    }
    await page.waitForTimeout(500)
  },
  bookmarks: async (page) => {
    await replayed(page, 0.3)
    for (const [at, note] of [
      [0.3, 'The old leader still believes that it leads'],
      [0.7, 'Healed: everybody has the same log again'],
    ] as const) {
      await seek(page, at)
      await page.keyboard.press('m')
      await page.getByRole('textbox', { name: /Note for event/ }).fill(note)
      await page.keyboard.press('Enter')
      await page.getByRole('textbox', { name: /Note for event/ }).waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: /^Bookmarks/ }).click()
    await page.waitForTimeout(300)
  },
  spacetime: async (page) => {
    await spacetime(page)
  },
  spacetimeClose: async (page) => {
    const box = await spacetime(page)
    await zoomIn(page, box, 0.245, 9)
  },
  spacetimeCone: async (page) => {
    await spacetime(page, 0.247)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.waitForTimeout(300)
  },
  spacetimeProof: async (page) => {
    await spacetime(page, 0.247)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('x')
    for (let i = 0; i < 5; i++) await page.keyboard.press('.')
    await page.waitForTimeout(300)
  },
  spacetimeCut: async (page) => {
    const box = await spacetime(page)
    await zoomIn(page, box, 0.245, 9)
    await page.getByRole('button', { name: /^Cut:/ }).click()
    await page.waitForTimeout(400)
    const canvas = await page.getByRole('listbox', { name: 'Events in space and time' }).boundingBox()
    if (canvas) await page.mouse.click(canvas.x + canvas.width * 0.8, canvas.y + canvas.height * 0.35)
    await page.mouse.move(20, 700)
    await page.waitForTimeout(500)
  },
  spacetimeRank: async (page) => {
    const box = await spacetime(page)
    await zoomIn(page, box, 0.245, 9)
    await page.getByRole('radio', { name: 'Causal rank' }).click()
  },
  spacetimeDown: async (page) => {
    const box = await spacetime(page)
    await zoomIn(page, box, 0.245, 8)
    await page.getByRole('button', { name: /^Time goes down/ }).click()
  },
  spacetimeMatches: async (page) => {
    await spacetime(page, 0.247)
    await ask(page, 'type:RequestVote or role:leader')
    await page.getByRole('listbox', { name: 'Events in space and time' }).focus()
    await page.waitForTimeout(400)
  },
  spacetimeMatchesWhole: async (page) => {
    await scenes.spacetimeMatches?.(page)
    await page.getByRole('listbox', { name: 'Events in space and time' }).press('0')
    await page.waitForTimeout(600)
  },
  spacetimeMenu: async (page) => {
    await spacetime(page, 0.247)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ContextMenu')
    await page.getByRole('menuitem', { name: /Branch here/ }).waitFor()
  },
  timelineMenu: async (page) => {
    await spacetime(page)
    await page.getByRole('slider', { name: 'Timeline' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: /Branch here/ }).waitFor()
  },
  spacetimeLive: async (page) => {
    await scenes.live?.(page)
    await page.getByRole('tab', { name: 'Space-time' }).click()
    await page.waitForTimeout(1500)
  },
  seats: async (page) => {
    await page
      .getByRole('button', { name: /Nodes come and go/ })
      .first()
      .click()
    await seek(page, 0.45)
    await page.getByRole('listbox', { name: 'Nodes' }).getByRole('option', { name: /^n7/ }).press('Enter')
  },
  seatsLive: async (page) => {
    await page.getByRole('radio', { name: 'Simulation' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page
      .getByText(/leads term/)
      .first()
      .waitFor()
    await page.keyboard.press('a')
    await page.waitForTimeout(1500)
    await page.getByRole('listbox', { name: 'Nodes' }).getByRole('option', { name: /^n3/ }).press('ContextMenu')
    await page.getByRole('menuitem', { name: 'Remove n3 from the group' }).waitFor()
  },
  seatsSpacetime: async (page) => {
    await page
      .getByRole('button', { name: /Nodes come and go/ })
      .first()
      .click()
    await page.getByRole('tab', { name: 'Space-time' }).click()
    await page.waitForTimeout(600)
  },
  silent: async (page) => {
    await page
      .getByRole('button', { name: /Seven nodes at rest/ })
      .first()
      .click()
    await page.keyboard.press('6')
  },
  palette: async (page) => {
    await page
      .getByRole('button', { name: /Leader crash and partition/ })
      .first()
      .click()
    await seek(page, 0.7)
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('What do you want to do?').fill('show')
  },
  notice: async (page) => {
    await page.getByRole('button', { name: /^Kill the leader/ }).click()
    await page.getByRole('textbox', { name: 'An operation' }).fill('fetch x')
    await page.keyboard.press('Enter')
    await page.locator('[data-sonner-toast]').first().waitFor()
    await page.waitForTimeout(500) // it slides in
  },
  keys: async (page) => {
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
  },
  remove: async (page) => {
    await page.getByRole('button', { name: 'What can be done with Overnight load' }).click({ force: true })
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').waitFor()
  },
}

async function replayed(page: Page, share: number): Promise<void> {
  await page
    .getByRole('button', { name: /Leader crash and partition/ })
    .first()
    .click()
  await seek(page, share)
}

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
}

const recorded = (page: Page): Promise<void> => replayed(page, 0.52)

async function ask(page: Page, query: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(query)
  await page.keyboard.press('Enter')
  await page.waitForTimeout(400)
}

async function seek(page: Page, share: number): Promise<void> {
  const track = page.getByRole('slider', { name: 'Timeline' })
  const box = await track.boundingBox()
  if (!box) throw new Error('the timeline is not to be seen')
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2)
  await page.mouse.move(box.x + 20, box.y - 200)
  await page.waitForTimeout(500)
}

/** Opens the space-time diagram of a recorded run; gives where it lies. */
async function spacetime(page: Page, share?: number) {
  await page
    .getByRole('button', { name: /Leader crash and partition/ })
    .first()
    .click()
  if (share !== undefined) await seek(page, share)
  await page.getByRole('tab', { name: 'Space-time' }).click()
  const box = await page.getByRole('listbox', { name: 'Events in space and time' }).boundingBox()
  if (!box) throw new Error('the diagram is not to be seen')
  await page.waitForTimeout(300)
  if (share !== undefined) {
    await zoomIn(page, box, share, 9)
    await page.getByRole('listbox', { name: 'Events in space and time' }).focus()
  }
  return box
}

async function zoomIn(
  page: Page,
  box: { x: number; y: number; width: number; height: number },
  share: number,
  turns: number,
): Promise<void> {
  await page.mouse.move(box.x + 72 + (box.width - 72) * share, box.y + box.height / 2)
  for (let i = 0; i < turns; i++) await page.mouse.wheel(0, -240)
  await page.waitForTimeout(400)
}

/** Opens a window over the fake lab; the caller closes the page's context. */
export async function openWindow(
  browser: Browser,
  address: string,
  look: { size: keyof typeof SIZES; dark: boolean; sight?: Sight },
): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZES[look.size], colorScheme: look.dark ? 'dark' : 'light' })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') console.error(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => console.error(`page: ${error.message}`))
  await page.goto(address, { timeout: 180_000 })
  await page.getByRole('banner').waitFor()
  await page.evaluate(() => document.fonts.ready)
  if (look.sight !== undefined)
    await (await context.newCDPSession(page)).send('Emulation.setEmulatedVisionDeficiency', { type: look.sight })
  return page
}

/** A picture in each look that the environment asks for; `settleMs`: how long the window is given to come to rest. */
export async function photograph(
  browser: Browser,
  address: string,
  { name, out, settleMs, pose }: { name: string; out: string; settleMs: number; pose: (page: Page) => Promise<void> },
): Promise<void> {
  const sight = process.env.SYNOD_SIGHT as Sight | undefined
  for (const size of ['small', 'large'] as const)
    for (const dark of [false, true]) {
      if (process.env.SYNOD_SMALL && (size === 'large' || dark !== (process.env.SYNOD_SMALL === 'dark'))) continue
      const page = await openWindow(browser, address, { size, dark, ...(sight ? { sight } : {}) })
      try {
        await pose(page)
        await page.waitForTimeout(settleMs)
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message : error}`)
      }
      const file = path.join(out, `${name}-${size}-${dark ? 'dark' : 'light'}.png`)
      await page.screenshot({ path: file })
      console.log(file)
      await page.context().close()
    }
}

if (import.meta.main) {
  const [out = path.join(tmpdir(), 'synod-screenshots'), ...wanted] = process.argv.slice(2)
  mkdirSync(out, { recursive: true })
  const server = await createServer({ mode: 'fake', logLevel: 'error', server: { host: '127.0.0.1', port: 0, hmr: false } })
  await server.listen()
  const address = server.resolvedUrls?.local[0]
  if (address === undefined) throw new Error('the development server has no address')
  const browser = await chromium.launch({ executablePath: process.env.SYNOD_BROWSER ?? '/usr/bin/chromium', args: ARGS })
  for (const [name, pose] of Object.entries(scenes))
    if (wanted.length === 0 || wanted.includes(name)) await photograph(browser, address, { name, out, settleMs: 250, pose })
  await browser.close()
  await server.close()
}
