/** Can the lab have a window of its own here? Electron's binary is not in the package registry: it is fetched from its makers once, and where that fails the failure is remembered for a day, so that the next start does not wait for it again. */
import dns from 'node:dns/promises'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { run } from './child.mjs'
import { at, say } from './place.mjs'

const DAY_MS = 24 * 60 * 60 * 1000
const home = at('node_modules', 'electron')
const failureFile = at('.synod', 'electron-failure.json')

/** Why there can be no window on this machine, whatever is installed. @param {{ platform?: string, env?: NodeJS.ProcessEnv, uid?: number | undefined }} [where] */
export function whyNoWindow({ platform = process.platform, env = process.env, uid = process.getuid?.() } = {}) {
  if (platform !== 'linux') return undefined
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  if (uid === 0) return 'this is the root user, for whom Electron would run only with its sandbox off'
  return undefined
}

/** Electron's executable, or undefined when its binary was never fetched. @param {string} [folder] */
export function electronBinary(folder = home) {
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const name = path.join(folder, 'path.txt')
  if (!own && !fs.existsSync(name)) return undefined
  const file = path.join(own || path.join(folder, 'dist'), fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : 'electron')
  return fs.existsSync(file) ? file : undefined
}

/**
 * Fetches Electron's binary. Gives the reason when it cannot.
 * @param {{ again?: boolean }} [how] `again`: do not mind that it failed lately
 * @returns {Promise<string | undefined>}
 */
export async function fetchElectron({ again = false } = {}) {
  const version = createRequire(import.meta.url)(path.join(home, 'package.json')).version
  const remembered = again ? undefined : readFailure(version)
  if (remembered) return `${remembered}; it is tried again tomorrow, or now with: npm start -- --electron`
  const reason = (await whyUnreachable()) || (await download(version))
  if (reason) {
    fs.mkdirSync(path.dirname(failureFile), { recursive: true })
    fs.writeFileSync(failureFile, JSON.stringify({ version, at: Date.now(), reason }))
  }
  return reason
}

/** @param {string} version */
function readFailure(version) {
  try {
    const last = JSON.parse(fs.readFileSync(failureFile, 'utf8'))
    return last.version === version && Date.now() - last.at < DAY_MS ? String(last.reason) : undefined
  } catch {
    return undefined
  }
}

/** One quick knock at the door: Electron's own download tries for most of a minute before it gives up. */
async function whyUnreachable() {
  const env = process.env
  if (env.HTTPS_PROXY || env.https_proxy || env.GLOBAL_AGENT_HTTPS_PROXY) return undefined
  const mirror = env.ELECTRON_MIRROR || env.npm_config_electron_mirror
  const host = mirror ? new URL(mirror).hostname : 'github.com'
  const port = mirror ? Number(new URL(mirror).port) || 443 : 443
  try {
    const { address } = await dns.lookup(host)
    await new Promise((resolve, reject) => {
      const socket = net.connect({ host: address, port, timeout: 5000 }, () => resolve(socket.destroy()))
      socket.once('timeout', () => reject(socket.destroy()))
      socket.once('error', reject)
    })
    return undefined
  } catch {
    return `Electron's binary could not be fetched (${host} cannot be reached)`
  }
}

/** @param {string} version */
async function download(version) {
  say(`fetching Electron ${version}, once ...`)
  const { code, output } = await run(process.execPath, [path.join(home, 'install.js')], { quiet: true, timeoutMs: 10 * 60 * 1000 })
  if (code === 0 && electronBinary()) return undefined
  const line = output.split('\n').find((text) => /error/i.test(text)) || 'its download failed'
  return `Electron's binary could not be fetched (${line.trim()})`
}
