/** The command line as a process of its own: the built program when it was built from these sources (it starts several times as fast), else the source itself. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { needsBuild } from '../../../main/setup/stale.mjs'
import { dist } from '../../support/built.ts'

export const cliProgram: string = needsBuild()
  ? path.resolve(import.meta.dirname, '../../../main/hosts/cli/main.ts')
  : path.join(dist, 'main/cli.js')

export interface Called {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Calls it with its data in the folder `data`. `interruptAt`: words on standard error upon which it is interrupted, as by Ctrl-C. `program`: another than the good one. */
export function callSynod(data: string, args: readonly string[], interruptAt?: string, program = cliProgram): Promise<Called> {
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
