/**
 * Photographs the window over the real, built lab, with a simulated run of each protocol in its library: what the fake lab of
 * screenshots.ts does not have. `node test/e2e/support/portraits.ts OUT_FOLDER [portrait ...]` after `npm run build`; the same
 * settings of the environment.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright-core'
import { dist } from '../../support/built.ts'
import { chromiumOptions } from '../../support/chromium.ts'
import { photograph } from './screenshots.ts'

/** The runs of the library, and the panels of each that are looked at, by the keys that open them. */
const runs: Record<string, readonly string[]> = {
  'paxos/duel': ['8', '2'],
  'paxos/flexible-quorums': ['8'],
  'pbft/primary-crash': ['8', '2'],
  'pbft/equivocating-primary': ['8', '4'],
  'dynamo/sloppy-quorum': ['8', '1'],
  'dynamo/join-and-leave': ['8'],
  'dynamo/stale-read': ['6', '8'],
  'raft/leader-crash': ['6'],
  'raft/figure-8': ['2', '8'],
  'raft/one-in-one-out': ['1', '8'],
  'raft/snapshot': ['8'],
  'raft/lock-without-fence': ['6'],
}

const pick = async (page: Page, label: string) => {
  await page.getByRole('combobox', { name: label }).click()
}

/** A simulation of that protocol, live. What is live already is that one, from the photograph before, or gives way. */
const begin = async (page: Page, protocol: RegExp) => {
  const live = page.getByRole('button', { name: /simulating/ })
  if (await live.count()) {
    const isIt = protocol.test((await live.textContent()) ?? '')
    await live.click()
    await page.getByRole('listbox', { name: 'Nodes' }).waitFor()
    if (isIt) return
    await page.locator('.run-name').click()
    await page.getByRole('menuitem', { name: 'Stop recording' }).click()
    await page.getByText('recording', { exact: false }).waitFor({ state: 'hidden' })
    await page.keyboard.press('n')
  }
  await page.getByRole('radio', { name: 'Simulation' }).click()
  await pick(page, 'Protocol')
  await page.getByRole('option', { name: protocol }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('listbox', { name: 'Nodes' }).waitFor()
}

/** What is looked at without a recorded run. */
const forms: Record<string, (page: Page) => Promise<void>> = {
  'form-raft': async () => undefined,
  'form-dynamo': async (page) => {
    await pick(page, 'Protocol')
    await page.getByRole('option', { name: /Dynamo/ }).click()
  },
  'form-pbft': async (page) => {
    await pick(page, 'Protocol')
    await page.getByRole('option', { name: /PBFT/ }).click()
  },
  'form-beside': async (page) => {
    await page.getByRole('button', { name: 'Run beside…' }).click()
  },
  'form-scenarios': async (page) => {
    await page.getByText('simulation only').scrollIntoViewIfNeeded()
  },
  'live-lies': async (page) => {
    await begin(page, /PBFT/)
    await page.getByRole('option', { name: /^n2\b/ }).first().press('ContextMenu')
    await page.getByRole('menuitem', { name: 'Make n2 lie…' }).click()
  },
  'live-sliders': async (page) => {
    await begin(page, /Dynamo/)
    await page.keyboard.press('8')
  },
}

const open = async (page: Page, name: string) => {
  await page
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .first()
    .click()
  await page.getByRole('listbox', { name: 'Nodes' }).waitFor()
}

/** What takes more than a key in a recorded run; the runs must be in `runs`. */
const poses: Record<string, (page: Page) => Promise<void>> = {
  'raft/figure-8 overwriting': async (page) => {
    await page.keyboard.press('/')
    await page.keyboard.type('note:replaceConflict')
    await page
      .getByText(/^deletes what conflicts/)
      .first()
      .click()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('tab', { name: 'Replicated logs' }).click()
  },
  'raft/leader-crash graph': async (page) => {
    await page.keyboard.press('Home')
    await page.keyboard.press(']')
    await page.keyboard.press('3')
  },
  'raft/leader-crash branch': async (page) => {
    await page.keyboard.press(']')
    await page.keyboard.press('b')
  },
  'raft/leader-crash compare': async (page) => {
    await page.keyboard.press('9')
    await pick(page, 'The other run')
    await page.getByRole('option', { name: /raft\/snapshot/ }).click()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByText(/part/).first().waitFor()
  },
  'raft/leader-crash exports': async (page) => {
    await page.locator('.run-name').click()
    await page.getByRole('menuitem', { name: 'Export' }).hover()
  },
}

const [out = path.join(os.tmpdir(), 'synod-portraits'), ...wanted] = process.argv.slice(2)
mkdirSync(out, { recursive: true })
const data = mkdtempSync(path.join(os.tmpdir(), 'synod-portraits-'))
const known = [...Object.keys(forms), ...Object.keys(runs), ...Object.keys(poses)]
const strange = wanted.find((word) => !known.some((name) => name.includes(word)))
if (strange !== undefined) throw new Error(`No portrait has ${strange} in its name. There are: ${known.join(', ')}`)
const isWanted = (name: string) => wanted.length === 0 || wanted.some((word) => name.includes(word))
/** A pose needs its run, and the one that it is compared with. */
const needs = (pose: string) => [pose.split(' ')[0], pose.endsWith(' compare') ? 'raft/snapshot' : undefined]
const isNeeded = (name: string) => isWanted(name) || Object.keys(poses).some((pose) => isWanted(pose) && needs(pose).includes(name))

for (const scenario of Object.keys(runs).filter(isNeeded)) {
  const args = [path.join(dist, 'main/cli.js'), 'sim', scenario, '--no-shrink', '--json', '--data', data, '--name', scenario]
  // One that is meant to break says so by its exit code.
  spawnSync(process.execPath, args, { stdio: 'ignore' })
}

const host = spawn(process.execPath, [path.join(dist, 'main/web.js'), '--port', '0', '--data', data, '--no-open', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const browser = await chromium.launch(chromiumOptions())
try {
  const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const portray = (name: string, pose: (page: Page) => Promise<void>) =>
    photograph(browser, url, {
      ...{ name, out, settleMs: 1500 },
      pose: async (page) => {
        page.setDefaultTimeout(30_000)
        await pose(page)
      },
    })
  for (const [name, pose] of Object.entries(forms)) if (isWanted(name)) await portray(name, pose)
  for (const [name, keys] of Object.entries(runs).filter(([name]) => isWanted(name)))
    for (const key of keys)
      await portray(`${name.replace('/', '-')}-${key}`, async (page) => {
        await open(page, name)
        await page.keyboard.press(key)
      })
  for (const [name, pose] of Object.entries(poses).filter(([name]) => isWanted(name)))
    await portray(name.replace(/[/ ]/g, '-'), async (page) => {
      await open(page, name.split(' ')[0] as string)
      await pose(page)
    })
} finally {
  await browser.close()
  const ended = once(host, 'exit')
  host.kill('SIGTERM')
  await ended
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
}
