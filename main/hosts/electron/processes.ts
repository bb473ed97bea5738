/** The lab's own processes, nodes and clients, as utility processes: plain fork is closed in a packaged app. Their process ids are real, so the engine itself can kill and stop them. */
import path from 'node:path'
import { type UtilityProcess, utilityProcess } from 'electron'
import { type FromProcess, LEAN } from '../../contract/process.ts'

export type Report =
  | { readonly kind: 'spawned'; readonly pid: number }
  | { readonly kind: 'said'; readonly message: FromProcess }
  | { readonly kind: 'printed'; readonly stream: 'out' | 'err'; readonly line: string }
  | { readonly kind: 'exited'; readonly code: number }

/** Names of our environment that a child needs from it. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG']

/** Reports are given in order; `exited` is the last. */
export function startProcess(
  entry: string,
  environment: Readonly<Record<string, string>>,
  report: (report: Report) => void,
): UtilityProcess {
  const passedOn = Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
  const started = utilityProcess.fork(entry, [], {
    env: { ...passedOn, ...LEAN, ...environment },
    serviceName: `Synod ${path.basename(entry, '.mjs')}`,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let over = false
  const out = lineReader((line) => !over && report({ kind: 'printed', stream: 'out', line }))
  const err = lineReader((line) => !over && report({ kind: 'printed', stream: 'err', line }))
  started.stdout?.on('data', out.add)
  started.stderr?.on('data', err.add)
  started.once('spawn', () => report({ kind: 'spawned', pid: started.pid ?? 0 }))
  started.on('message', (message: FromProcess) => report({ kind: 'said', message }))
  started.once('exit', (code) => {
    setImmediate(() => {
      out.end() // the pipes are read by now
      err.end()
      over = true
      report({ kind: 'exited', code })
    })
  })
  return started
}

function lineReader(tell: (line: string) => void): { add(text: Buffer): void; end(): void } {
  let rest = ''
  return {
    add(text) {
      const lines = (rest + text.toString('utf8')).split(/\r?\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) tell(line)
    },
    end() {
      if (rest !== '') tell(rest)
      rest = ''
    },
  }
}

/** What may be started: nothing but what we built. In a packaged app the programs lie beside the archive, since a process starts from a real file. */
export function isOurProgram(dist: string, entry: string): boolean {
  const folder = path.join(dist.replace(/app\.asar(?=$|[\\/])/, 'app.asar.unpacked'), 'nodes')
  return ['node.mjs', 'clients.mjs'].some((name) => entry === path.join(folder, name))
}
