/** What each test file of vitest begins with: what computes signatures, and the properties of fast-check take their seeds from where all random tests do. */
import '../../main/signing/index.ts'
import { readFileSync } from 'node:fs'
import { beforeEach } from 'vitest'
import { seedOf } from './seeds.ts'

/** Loading fast-check takes a tenth of a second, and most files do without. By file: several may share a thread. */
const uses = new Map<string, boolean>()

beforeEach(async ({ task }) => {
  const { filepath } = task.file
  if (!uses.has(filepath)) uses.set(filepath, readFileSync(filepath, 'utf8').includes("'fast-check'"))
  if (!uses.get(filepath)) return
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf(`${task.file.name} ${task.name}`) })
})
