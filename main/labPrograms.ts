/** Where the programs of the child processes are: beside the built engine, or the sources themselves when it runs from source. */
import path from 'node:path'
import { type ProcessEntries, processEntries } from './cluster/index.ts'

export function programs(): ProcessEntries {
  if (!import.meta.filename.endsWith('.ts')) return processEntries(import.meta.dirname)
  return { node: path.join(import.meta.dirname, 'node/entry.ts'), clients: path.join(import.meta.dirname, 'clients/entry.ts') }
}
