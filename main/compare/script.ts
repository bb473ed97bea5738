/** The script under which two simulations are held side by side when nobody wrote one: some load, whoever leads crashes in the midst of it, and is back. */
import { stringify } from 'yaml'
import type { RunConfig } from '../../protocols/core/config.ts'

/** When it has its own load, that is the one. Run milliseconds. */
const LOAD = { clients: 4, rate: 20 }
const [BEFORE_MS, AWAY_MS, AFTER_MS] = [3000, 3000, 3000]

export function besideScript({ name, mode: _, load = undefined, ...run }: RunConfig): string {
  return stringify({
    name: name ?? 'Side by side',
    about: 'Two runs under one script: a load, the crash of whoever leads, and its return.',
    run,
    steps: [
      { wait: 'leader' },
      { load: load ?? LOAD },
      { wait: { ms: BEFORE_MS } },
      { crash: 'leader', as: 'old' },
      { wait: { ms: AWAY_MS } },
      { restart: 'old' },
      { wait: { ms: AFTER_MS } },
      { load: 'off' },
      { wait: 'idle', withinMs: 30_000 },
    ],
  })
}
