/** Running other programs: each with the right Node first in its PATH, so that whatever it starts by the name `node` is the right one too. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { at, SetupError } from './place.mjs'

/** The environment for children of this set-up. */
export function childEnvironment(env = process.env, exec = process.execPath) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  const first = [path.dirname(exec), at('node_modules', '.bin')]
  const rest = (env[key] || '').split(path.delimiter).filter((place) => !first.includes(place))
  return { ...env, [key]: [...first, ...rest].join(path.delimiter) }
}

/** What a program, and whatever it starts, puts where temporary files go: in `folder`, so that it goes with it, also when one was killed. @param {string} folder */
export const temporaryIn = (folder) => ({ TMPDIR: folder, TEMP: folder, TMP: folder })

/**
 * The environment of a lab: its threads share two arenas of memory, where glibc would give each its own. That weighs a tenth less and costs no speed that
 * could be measured. Whoever says otherwise is heard.
 */
export const labEnvironment = () => ({ MALLOC_ARENA_MAX: '2', ...childEnvironment() })

/**
 * Runs a program to its end. `quiet` keeps its output back and gives it as `output`; `toError` sends its standard output to ours for errors.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, toError?: boolean, shell?: boolean, timeoutMs?: number, onOutput?: (text: string) => void }} [how]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, output: string }>}
 */
export function run(file, args, how = {}) {
  return new Promise((resolve, reject) => {
    const out = how.onOutput || how.quiet ? 'pipe' : how.toError ? 2 : 'inherit'
    const err = how.quiet ? 'pipe' : 'inherit'
    const child = spawn(file, args, {
      cwd: how.cwd,
      env: how.env || childEnvironment(),
      stdio: ['inherit', out, err],
      shell: how.shell || false,
    })
    const stopPassing = passSignals(child)
    const timer = how.timeoutMs ? setTimeout(() => child.kill('SIGKILL'), how.timeoutMs) : undefined
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        if (how.onOutput) how.onOutput(text)
        else output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      stopPassing()
      resolve({ code: code === null ? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9) : code, signal, output })
    })
  })
}

/**
 * A signal sent to us alone is meant for the child. One typed at a terminal reaches the child by itself; there we only wait for it.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}

/** Runs a program of node_modules/.bin under this Node. @param {string} name @param {string[]} args @param {Parameters<typeof run>[2]} [how] */
export function runTool(name, args, how) {
  const link = at('node_modules', '.bin', name)
  if (process.platform === 'win32') return run(`"${link}.cmd"`, args.map(quoted), { ...how, shell: true })
  if (!fs.existsSync(link)) throw new SetupError(`${name} is not installed: run npm ci`)
  return run(process.execPath, [fs.realpathSync(link), ...args], how)
}

/** Runs npm under this Node: the npm that started us, else the one beside this Node, else the one on the PATH. @param {string[]} args @param {Parameters<typeof run>[2]} [how] */
export function runNpm(args, how) {
  const own = path.dirname(process.execPath)
  const cli = [
    (process.env.npm_execpath || '').replace(/npx-cli(\.c?js)$/, 'npm-cli$1'),
    path.join(own, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(own, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((file) => /npm-cli\.c?js$/.test(file) && fs.existsSync(file))
  if (cli) return run(process.execPath, [cli, ...args], how)
  const windows = process.platform === 'win32'
  return run('npm', windows ? args.map(quoted) : args, { ...how, shell: windows })
}

/** One word for cmd.exe. @param {string} word */
const quoted = (word) => (/[\s"&|<>^]/.test(word) ? `"${word.replace(/"/g, '""')}"` : word)
