/** The command line, called as a person calls it: within the test, or as a process of its own where that is what is tested. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { format } from 'node:util'
import { vi } from 'vitest'
import { commandLine } from '../../../main/hosts/cli/commandLine.ts'
import { needsBuild } from '../../../main/setup/stale.mjs'
import { dist } from '../../support/built.ts'

/** The built program when it was built from these sources (it starts several times as fast), else the source itself. */
export const cliProgram: string = needsBuild()
  ? path.resolve(import.meta.dirname, '../../../main/hosts/cli/main.ts')
  : path.join(dist, 'main/cli.js')

export interface Called {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

class Ended extends Error {}

/** Calls it within this process, which a tenth of the time is enough for, with its data in the folder `data`. One call at a time. */
export async function callSynod(data: string, args: readonly string[]): Promise<Called> {
  const heard = { out: '', err: '' }
  let code: number | undefined
  const say = (to: 'out' | 'err') => (text: unknown) => {
    heard[to] += typeof text === 'string' ? text : Buffer.from(text as Uint8Array).toString()
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(say('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(say('err')),
    vi.spyOn(console, 'log').mockImplementation((...words) => void say('out')(`${format(...words)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((...words) => void say('err')(`${format(...words)}\n`)),
    vi.spyOn(process, 'exit').mockImplementation((ended) => {
      code = Number(ended ?? 0)
      throw new Ended()
    }),
  ]
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)))
  const { SYNOD_HOME } = process.env
  process.env.SYNOD_HOME = data
  try {
    await commandLine().parseAsync(args, { from: 'user' })
    code = Number(process.exitCode ?? 0)
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  } finally {
    for (const spy of spies) spy.mockRestore()
    for (const signal of signals) for (const listener of process.listeners(signal)) if (!before.has(listener)) process.off(signal, listener)
    if (SYNOD_HOME === undefined) delete process.env.SYNOD_HOME
    else process.env.SYNOD_HOME = SYNOD_HOME
    process.exitCode = undefined
  }
  return { code: code as number, ...heard }
}

/** Calls it as a process of its own. `interruptAt`: words on standard error upon which it is interrupted, as by Ctrl-C. `program`: another than the good one. */
export function spawnSynod(data: string, args: readonly string[], interruptAt?: string, program = cliProgram): Promise<Called> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, SYNOD_HOME: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    const before = err
    err += chunk
    if (interruptAt !== undefined && !before.includes(interruptAt) && err.includes(interruptAt)) child.kill('SIGINT')
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
