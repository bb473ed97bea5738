/** Where the programs of the child processes are. */
import path from 'node:path'

export interface ProcessEntries {
  readonly node: string
  readonly clients: string
}

/**
 * The built programs, beside the built main: `mainFolder` is `dist/main`, the folder of the running bundle. In a packaged
 * application they are unpacked beside the archive, because a child process cannot be started from within it.
 */
export function processEntries(mainFolder: string): ProcessEntries {
  const dist = path.resolve(mainFolder, '..').replace(/app\.asar(?=$|[\\/])/, 'app.asar.unpacked')
  return { node: path.join(dist, 'nodes', 'node.mjs'), clients: path.join(dist, 'nodes', 'clients.mjs') }
}
