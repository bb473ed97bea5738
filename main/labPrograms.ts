/** Where the programs of the child processes are: the built ones, or the sources themselves when the engine runs from source. */
import path from 'node:path'
import { type ProcessEntries, processEntries } from './cluster/index.ts'
import { builtMain } from './programs/index.ts'

export function programs(): ProcessEntries {
  const built = builtMain()
  if (built) return processEntries(built)
  return { node: path.join(import.meta.dirname, 'node/entry.ts'), clients: path.join(import.meta.dirname, 'clients/entry.ts') }
}
