/** Opens a recorded run as a past, whichever sort it is. */
import { findProtocol } from '../../protocols/registry.ts'
import { RunReader } from '../recorder/reader.ts'
import { CutPast } from './cutPast.ts'
import type { RecordedPast } from './past.ts'
import { SimulatedPast } from './simulatedPast.ts'

/** Throws a LabError when the run cannot be had again. */
export function openPast(file: string, protocols: typeof findProtocol = findProtocol): RecordedPast {
  const reader = new RunReader(file)
  try {
    const { config, branch } = reader.header
    const isWhole = config.mode === 'simulation' && branch?.cut === undefined
    return isWhole ? new SimulatedPast(reader, protocols) : new CutPast(reader, protocols)
  } catch (error) {
    reader.close()
    throw error
  }
}
