/** A deliberately broken protocol, loaded beside the good one: see test/mutants for how it is planted. */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { type Edit as PlacedEdit, plant } from '../mutants/plant.ts'

export interface Edit extends Omit<PlacedEdit, 'file'> {
  /** Within the protocol's folder. */
  readonly file: string
}

export async function loadMutant(name: string, edits: readonly Edit[]): Promise<AnyProtocol> {
  const placed = edits.map((edit) => ({ ...edit, file: `protocols/${name}/${edit.file}` }))
  const folder = plant(placed, ['protocols/core', `protocols/${name}`])
  try {
    const loaded: Record<string, unknown> = await import(
      /* @vite-ignore */ pathToFileURL(path.join(folder, 'protocols', name, 'index.ts')).href
    )
    return loaded[name] as AnyProtocol
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
