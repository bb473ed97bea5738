/** Where a life goes on that another process began: read from the node's data folder, once. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CONTINUE_FILE, type ContinuedNode } from '../contract/process.ts'

/** Undefined where there is none of this life. */
export function readContinued(folder: string, life: number): ContinuedNode | undefined {
  let text: string
  try {
    text = readFileSync(path.join(folder, CONTINUE_FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const continued = JSON.parse(text) as ContinuedNode
  return continued.life === life ? continued : undefined
}
