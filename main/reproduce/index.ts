/** The script of a failing real run, out of its file. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { Violation } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import { choose } from '../labChoice.ts'
import { ownConfig, type RunHeader } from '../recorder/header.ts'
import { RunReader } from '../recorder/reader.ts'
import { written } from '../simulate/shrink/write.ts'
import { scriptOf } from './script.ts'
import { type ShrinkRealOptions, type ShrunkReal, shrinkReal } from './shrinkReal.ts'

export type { AttemptOf, Rate, ShrunkReal } from './shrinkReal.ts'

export interface ShrinkFileOptions extends Pick<ShrinkRealOptions, 'times' | 'attempt' | 'forget' | 'signal' | 'onProgress'> {
  readonly file: string
  /** What it failed of. */
  readonly violation: Violation
}

export function headerIn(file: string): RunHeader {
  const reader = new RunReader(file)
  reader.close()
  return reader.header
}

/** Rejects with a LabError when nothing can be made of the run. */
export async function shrinkFile({ file, violation, ...options }: ShrinkFileOptions): Promise<ShrunkReal> {
  const reader = new RunReader(file)
  try {
    const { config, protocol, service } = choose(ownConfig(reader.header))
    const script = scriptOf(config, service, until(reader, violation.seq))
    const name = `${reader.header.name}, shrunk`
    return await shrinkReal({ ...options, script, textOf: (trial) => written(trial, protocol, name) })
  } finally {
    reader.close()
  }
}

function* until(reader: RunReader, last: number): Generator<RunEvent> {
  for (let seq = 1; seq <= last; ) {
    for (const event of reader.eventsAround(seq) ?? []) {
      seq = event.seq + 1
      if (event.seq <= last) yield event
    }
  }
}

export function noViolation(): LabError {
  return new LabError('bad-request', 'Nothing was violated in this run: there is nothing to shrink.', 'synod check judges it.')
}
