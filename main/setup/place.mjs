/** Where things are. Set-up is plain JavaScript that a Node too old for the rest can still parse, and speaks on standard error, so that what a command prints stays clean. */
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** A place in the checkout. @param {string[]} parts */
export const at = (...parts) => path.join(root, ...parts)

/** Where what was fetched once is kept for every checkout of this person. */
export function cacheFolder(env = process.env, platform = process.platform, home = os.homedir()) {
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'synod')
  if (platform === 'win32') return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'synod', 'cache')
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'synod')
  return path.join(home, '.cache', 'synod')
}

/** A line for the person who waits. @param {string} text */
export const say = (text) => process.stderr.write(`synod: ${text}\n`)

/** What set-up could not do, in one line that says the next move; printed without a stack. */
export class SetupError extends Error {}

/** Runs a command's body; what it throws becomes one line and exit code 3, the lab's own failure. @param {() => Promise<number | void>} body */
export async function command(body) {
  try {
    process.exitCode = (await body()) || 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 3
  }
}
