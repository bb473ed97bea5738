/** Everything that a command needs on a fresh clone: the packages of the lockfile, then the build. What is there and new enough is left alone. */
import fs from 'node:fs'
import { labEnvironment, run, runNpm, runTool } from './child.mjs'
import { at, SetupError, say } from './place.mjs'
import { needsBuild, needsInstall } from './stale.mjs'

/** @param {{ build?: boolean }} [what] */
export async function makeReady({ build = true } = {}) {
  if (!needsInstall() && !(build && needsBuild())) return
  await alone(async () => {
    if (needsInstall()) await install()
    if (build && needsBuild()) await buildAll()
  })
}

async function install() {
  say('installing the packages of the lockfile ...')
  const { code } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: at(), toError: true })
  if (code !== 0) throw new SetupError('npm ci failed (see above). The packages come from the npm registry: is it reachable?')
}

export async function buildAll() {
  say('building ...')
  const { code, output } = await runTool('vite', ['build', '--app', '--logLevel', 'warn'], { cwd: at(), quiet: true })
  if (code === 0) return
  process.stderr.write(output)
  throw new SetupError('the build failed (see above).')
}

/** Two commands at once in one checkout set up one after the other. The lock holds its owner's process id, so that a killed owner's lock is no hindrance. @param {() => Promise<void>} body */
async function alone(body) {
  const lock = at('.synod', 'setup.lock')
  fs.mkdirSync(at('.synod'), { recursive: true })
  for (let told = false; !take(lock); told = true) {
    if (!told) say(`waiting for another command that sets this checkout up (process ${ownerOf(lock) || 'unknown'}, says ${lock}) ...`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  try {
    await body()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const owner = ownerOf(lock)
    if (owner > 0 && !isAlive(owner)) fs.rmSync(lock, { force: true })
    return false
  }
}

/** 0 while it is being written, and when nobody holds it any more. @param {string} lock */
function ownerOf(lock) {
  try {
    return Number(fs.readFileSync(lock, 'utf8'))
  } catch {
    return 0
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** Runs a built program of the lab. @param {string} file in dist/main @param {string[]} args @param {Parameters<typeof run>[2]} [how] */
export const runBuilt = (file, args, how) =>
  run(process.execPath, ['--enable-source-maps', at('dist', 'main', file), ...args], { env: labEnvironment(), ...how })
