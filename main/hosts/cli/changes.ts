/** `synod changes`: when did a field of a node's state become another? */
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { FieldChange } from '../../contract/state.ts'
import { pastTheEnd, withRun } from './openRun.ts'
import { type CommonOptions, Exit, print, seconds } from './terminal.ts'

interface ChangesOptions extends CommonOptions {
  readonly node: string
  readonly field: string
  readonly from: number
  readonly limit?: number
}

/** When a field of a node's state changed: a line a change, as they are found. */
export async function changes(name: string, options: ChangesOptions): Promise<number> {
  return await withRun(name, options, async (connection, run) => {
    const { lastSeq } = await connection.call('run.overview', { run })
    if (options.from > lastSeq) throw pastTheEnd(`--from ${options.from}`, lastSeq)
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let found = 0
    let problem: string | undefined
    for (let from: number | undefined = options.from; from !== undefined && left > 0; ) {
      const asked = { run, node: options.node as NodeId, path: options.field, from, limit: Math.min(1000, left), limitMs: 1000 }
      const part: Awaited<ReturnType<typeof connection.call<'run.changes'>>> = await connection.call('run.changes', asked)
      for (const change of part.changes) await print(options.json ? JSON.stringify(change) : describeChange(change))
      found += part.changes.length
      left -= part.changes.length
      problem ??= part.problem
      from = part.next
    }
    if (problem !== undefined) process.stderr.write(`${problem}\n`)
    if (found === 0 && !options.json)
      await print(`Nothing at "${options.field}" in the state of ${options.node} after event ${options.from}.`)
    return Exit.good
  })
}

const describeChange = ({ seq, atUs, before, after }: FieldChange): string =>
  `${String(seq).padStart(8)}  ${seconds(atUs).padStart(12)}  ${toldValue(before)} → ${toldValue(after)}`

const toldValue = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value))
