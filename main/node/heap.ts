/**
 * What loading a program leaves behind in memory: source that was parsed once, garbage of the modules' first run. A node
 * is one of many on the machine and lives long, so it gives that back once, soon after its start.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void

/** Some ten milliseconds, in which nothing else happens. */
export function giveBackUnusedMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
