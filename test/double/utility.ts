/** `utilityProcess`: a forked Node that sees `process.parentPort`. */
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { typeScriptFlags } from '../../main/setup/node.mjs'
import { app } from './app.ts'
import { act, record } from './control.ts'
import type { MessagePortMain } from './ports.ts'

export type ToChild = { data: unknown; ports: number[] } | { port: number; data: unknown } | { port: number; closed: true }
export type FromChild = { data: unknown } | { port: number; data: unknown } | { port: number; closed: true }

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly serviceName?: string
  readonly stdio?: 'inherit' | readonly ('ignore' | 'pipe' | 'inherit')[]
}

let portCount = 0
const alive = new Map<string, UtilityProcess>()

class UtilityProcess extends EventEmitter {
  private readonly child: ChildProcess
  private readonly ports = new Map<number, { receive(data: unknown): void; close(): void }>()

  constructor(file: string, args: readonly string[], options: ForkOptions) {
    super()
    const stdio = options.stdio === undefined || options.stdio === 'inherit' ? (['ignore', 'inherit', 'inherit'] as const) : options.stdio
    if (stdio[0] !== 'ignore') throw new Error("a utility process has no standard input: stdio[0] must be 'ignore'")
    const parentPort = new URL('./parentPort.ts', import.meta.url).href
    this.child = fork(file, args, {
      env: options.env ?? process.env,
      execArgv: [...typeScriptFlags(process.versions.node), '--import', parentPort],
      stdio: [...stdio, 'ipc'],
      serialization: 'advanced',
    })
    this.child.once('spawn', () => this.emit('spawn'))
    this.child.on('message', (word: FromChild) => this.hear(word))
    this.child.once('exit', (code, signal) => {
      for (const port of this.ports.values()) port.close()
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 15))
    })
  }

  get pid(): number | undefined {
    return this.child.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined
  }

  get stdout() {
    return this.child.stdout
  }

  get stderr() {
    return this.child.stderr
  }

  kill(): boolean {
    return this.child.kill()
  }

  postMessage(message: unknown, ports: readonly MessagePortMain[] = []): void {
    const ids = ports.map((port) => {
      const id = ++portCount
      const send = (data: unknown) => this.send({ port: id, data })
      this.ports.set(
        id,
        port.transfer(send, () => this.send({ port: id, closed: true })),
      )
      return id
    })
    this.send({ data: structuredClone(message), ports: ids })
  }

  private send(word: ToChild): void {
    if (this.child.connected) this.child.send(word, () => undefined)
  }

  private hear(word: FromChild): void {
    if (!('port' in word)) this.emit('message', word.data)
    else if ('closed' in word) this.ports.get(word.port)?.close()
    else this.ports.get(word.port)?.receive(word.data)
  }
}

export const utilityProcess = {
  fork(file: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    app.mustBeReady('utilityProcess')
    if (!existsSync(file)) throw new Error(`utilityProcess.fork: there is no ${file}`)
    const name = options.serviceName ?? 'Node Utility Process'
    const started = new UtilityProcess(file, args, options)
    alive.set(name, started)
    started.once('spawn', () => record('process', { name, pid: started.pid, file }))
    return started
  },
}

act('pidOf', (name: string) => alive.get(name)?.pid)
