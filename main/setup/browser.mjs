/** A Chromium for the tests: the one named in SYNOD_BROWSER, an installed Chromium, Chrome or Edge, the one that Playwright once fetched, and else one fetched now. */
import fs from 'node:fs'
import path from 'node:path'
import { run, runTool } from './child.mjs'
import { SetupError, say } from './place.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable', 'msedge']

/** Where the installers of other systems put them. @param {NodeJS.ProcessEnv} env */
const elsewhere = (env) => [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...[env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((base) =>
    base ? [path.join(base, 'Google/Chrome/Application/chrome.exe'), path.join(base, 'Microsoft/Edge/Application/msedge.exe')] : [],
  ),
]

/**
 * A browser that is already here.
 * @param {{ env?: NodeJS.ProcessEnv, exists?: (file: string) => boolean, playwrights?: () => Promise<string | undefined> }} [where]
 */
export async function findBrowser({ env = process.env, exists = fs.existsSync, playwrights = playwrightsOwn } = {}) {
  if (env.SYNOD_BROWSER) {
    if (exists(env.SYNOD_BROWSER)) return env.SYNOD_BROWSER
    throw new SetupError(`SYNOD_BROWSER names ${env.SYNOD_BROWSER}, which is not there.`)
  }
  const folders = (env.PATH || '').split(path.delimiter).filter(Boolean)
  const installed = names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  const found = [...installed, ...elsewhere(env)].find((file) => exists(file))
  if (found) return found
  const own = await playwrights()
  return own && exists(own) ? own : undefined
}

/** Where Playwright keeps the Chromium of its version, whether or not it was fetched. */
async function playwrightsOwn() {
  const { chromium } = await import('playwright-core')
  return chromium.executablePath()
}

/** A browser, fetched if need be; a SetupError that says what to install when there is no way. */
export async function getBrowser() {
  const found = await findBrowser()
  if (found) return found
  if (process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) await installWithApt()
  else await fetchWithPlaywright()
  const now = await findBrowser()
  if (now) return now
  throw new SetupError('no browser to test with: install Chromium, Chrome or Edge, or name one in SYNOD_BROWSER.')
}

async function installWithApt() {
  say('installing Chromium with apt-get, for the tests ...')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = await run('apt-get', ['update', '-qq'], { env, quiet: true })
  const install = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, quiet: true })
  if (install.code !== 0) process.stderr.write(update.output + install.output)
}

async function fetchWithPlaywright() {
  say('fetching a Chromium with Playwright, for the tests ...')
  const { code, output } = await runTool('playwright', ['install', 'chromium'], { quiet: true, timeoutMs: 5 * 60 * 1000 })
  if (code !== 0) process.stderr.write(output)
}
