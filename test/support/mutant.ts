/**
 * A deliberately broken protocol: a copy of its sources with a few edits, loaded beside the good one. The protocol itself
 * carries no switch for this. Each edit must fit exactly one place, so that a source that moved on is noticed.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyProtocol } from '../../protocols/core/machine.ts'

const root = path.join(import.meta.dirname, '..', '..')

export interface Edit {
  /** Within the protocol's folder. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

export async function loadMutant(name: string, edits: readonly Edit[]): Promise<AnyProtocol> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `synod-mutant-${name}-`))
  try {
    for (const part of ['core', name])
      fs.cpSync(path.join(root, 'protocols', part), path.join(folder, 'protocols', part), { recursive: true })
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
    for (const { file, find, replace } of edits) {
      const at = path.join(folder, 'protocols', name, file)
      const source = fs.readFileSync(at, 'utf8')
      const places = source.split(find).length - 1
      if (places !== 1) throw new Error(`the edit of ${name}/${file} fits ${places} places, not one: ${find}`)
      fs.writeFileSync(
        at,
        source.replace(find, () => replace),
      )
    }
    const loaded: Record<string, unknown> = await import(
      /* @vite-ignore */ pathToFileURL(path.join(folder, 'protocols', name, 'index.ts')).href
    )
    return loaded[name] as AnyProtocol
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
