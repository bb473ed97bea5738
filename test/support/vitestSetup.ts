/** What each test file of vitest begins with: the properties of fast-check take their seeds from where all random tests do. */
import { readFileSync } from 'node:fs'
import { beforeEach } from 'vitest'
import { seedOf } from './seeds.ts'

/** Loading fast-check takes a tenth of a second, and most files do without. */
let isUsed: boolean | undefined

beforeEach(async ({ task }) => {
  isUsed ??= readFileSync(task.file.filepath, 'utf8').includes("'fast-check'")
  if (!isUsed) return
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf(`${task.file.name} ${task.name}`) })
})
