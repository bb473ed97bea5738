/**
 * Where the programs of threads and child processes are: beside the built engine. Where the engine runs from source, they are
 * the sources too, or, with SYNOD_BUILT set, what was built from them: it starts in half the time.
 */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { threadSources } from './sources.ts'

/** The folder of the built engine, `dist/main`; undefined where the sources are to run. */
export function builtMain(): string | undefined {
  if (!import.meta.filename.endsWith('.ts')) return import.meta.dirname
  if (!process.env.SYNOD_BUILT) return undefined
  // Of these very sources: a copy of them has no build of its own, and runs as it is.
  const built = path.resolve(import.meta.dirname, '../../dist/main')
  return fs.existsSync(built) ? built : undefined
}

export function threadProgram(name: keyof typeof threadSources): URL {
  const built = builtMain()
  return pathToFileURL(built ? path.join(built, `${name}.js`) : path.join(import.meta.dirname, '..', threadSources[name]))
}
