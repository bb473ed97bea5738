/**
 * Plants mistakes: a copy of the sources with a few edits, beside the good ones, for one run alone. The sources themselves
 * carry no switch for this. Each edit must fit exactly one place, so that a source that moved on is noticed.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..', '..')

export interface Edit {
  /** From the root of the sources: `protocols/raft/election.ts`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A classic mistake in a protocol. */
export interface Mistake {
  /** Short, for the table and the command line; no two mistakes have the same. */
  readonly name: string
  /** What is wrong with it, and what that breaks. */
  readonly what: string
  readonly edits: readonly Edit[]
}

/** Copies the folders `parts` of the sources and edits the copy. Returns its root, which the caller removes. */
export function plant(edits: readonly Edit[], parts: readonly string[] = ['protocols', 'main']): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-mutant-'))
  try {
    for (const part of parts) fs.cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
    for (const file of ['package.json', 'tsconfig.json']) fs.copyFileSync(path.join(root, file), path.join(folder, file))
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
    for (const { file, find, replace } of edits) {
      const at = path.join(folder, file)
      const source = fs.readFileSync(at, 'utf8')
      const places = source.split(find).length - 1
      if (places !== 1) throw new Error(`the edit of ${file} fits ${places} places, not one: ${find}`)
      fs.writeFileSync(
        at,
        source.replace(find, () => replace),
      )
    }
    return folder
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true })
    throw error
  }
}
