/** Every script in test/traces/raft does what it says. `UPDATE_TRACES=1 vitest run test/protocols/raft/traces.test.ts` rewrites them. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { readScript, ScriptRunner, writeScript } from '../../support/script.ts'

const folder = path.join(import.meta.dirname, '..', '..', 'traces', 'raft')

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.trace'))) {
  test(file, () => {
    const text = fs.readFileSync(path.join(folder, file), 'utf8')
    const runner = new ScriptRunner(raft, kv)
    const happened = writeScript(
      readScript(text).map((block) => (block.command === '' ? block : { ...block, output: runner.run(block.command) })),
    )
    if (process.env.UPDATE_TRACES) fs.writeFileSync(path.join(folder, file), happened)
    else expect(happened).toBe(text)
    expect(happened).not.toContain('VIOLATED')
  })
}
