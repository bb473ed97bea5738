/** The scenario that a run came from, by its name; and which failing run it is the shrunk one of, which the name of a shrunk scenario says. */
import type { RunSummary } from '../contract/commands.ts'

/** `Election Safety: shrunk from A bad afternoon, seed 7` */
const SHRUNK = /^(.+): shrunk from (.+), seed (\d+)$/

export function originOf(scenario: string | undefined): Pick<RunSummary, 'scenario' | 'shrunk'> {
  const name = nameIn(scenario ?? '')
  if (name === undefined) return {}
  const [, failure, of, seed] = SHRUNK.exec(name) ?? []
  if (failure === undefined || of === undefined) return { scenario: name }
  return { scenario: of, shrunk: { failure, seed: Number(seed) } }
}

/** The plain text of the file's `name`, which stands on one line. A summary is made for each run of the library: it does not read whole files. */
function nameIn(text: string): string | undefined {
  const written = /^name:[ \t]*(.+?)[ \t]*$/m.exec(text)?.[1]
  if (written === undefined) return undefined
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'")
  if (!written.startsWith('"')) return written.replace(/[ \t]+#.*$/, '')
  try {
    return String(JSON.parse(written))
  } catch {
    return undefined
  }
}
