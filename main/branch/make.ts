/** Makes a branch: the cut, and a run file that begins with the past up to it, event for event. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import { LabError } from '../contract/errors.ts'
import { eventsOf } from '../futures/past.ts'
import { RunTime } from '../futures/runTime.ts'
import { transcribe } from '../futures/transcript.ts'
import { VERSION } from '../labInfo.ts'
import { headerOf, ownConfig, type RunHeader } from '../recorder/header.ts'
import { adoptPast, copyPast } from '../recorder/pastCopy.ts'
import type { RunReader } from '../recorder/reader.ts'
import { Recorder } from '../recorder/recorder.ts'
import { RunStore } from '../recorder/store.ts'
import type { CutAt, Cuts } from './cuts.ts'
import { writeDisks } from './disks.ts'
import { type BranchWanted, type FrozenCut, freeze, frozen, type MadeBranch, withoutMemory } from './words.ts'

/** What of a branch is made before it is known what it will be called and how it goes on. */
export interface Foretold {
  readonly seq: number
  /** A file that holds the past, under the header of the run that is left. */
  readonly part: string
  readonly start: Start
}

interface Start extends Pick<CutAt, 'atUs' | 'timeScale' | 'seed'> {
  readonly cut: FrozenCut
  readonly moment: MomentData
}

/** Throws a LabError. */
export function foretell(reader: RunReader, cuts: Cuts, protocol: AnyProtocol, seq: number, part: string): Foretold {
  copyWhole(reader, reader.header, part, seq)
  return { seq, part, start: startAt(reader, cuts, protocol, seq) }
}

function startAt(reader: RunReader, cuts: Cuts, protocol: AnyProtocol, seq: number): Start {
  const { cut, ...at } = cuts.at(seq)
  return { ...at, cut: freeze(cut, protocol), moment: reader.moment(seq) }
}

/** `foretold`: when it is of this event, it is used up. Throws a LabError. */
export function makeBranch(
  reader: RunReader,
  cuts: Cuts,
  protocol: AnyProtocol,
  wanted: BranchWanted,
  foretold: Foretold | undefined,
): MadeBranch {
  const { seq, mode, heal, file, run, disksFolder } = wanted
  reader.refresh()
  if (seq > reader.lastSeq)
    throw new LabError('bad-request', `There is no event ${seq} in this run.`, `Its last event is ${reader.lastSeq}.`)
  const known = foretold?.seq === seq ? foretold : undefined
  const { cut, moment, atUs, timeScale, seed: before } = known?.start ?? startAt(reader, cuts, protocol, seq)
  const seed = wanted.seed ?? before
  const header = headerFor(reader, protocol, wanted, { atUs, seed, before })
  const isRedated = mode === 'simulation' && wasStretched(reader, seq)
  if (isRedated) retell(reader, header, file, seq)
  else if (known) adoptPast(known.part, file, header)
  else copyWhole(reader, header, file, seq)
  if (disksFolder !== undefined) writeDisks(disksFolder, run, reader.header.nodes, cut)
  const beginning = {
    cut: disksFolder === undefined ? cut : withoutMemory(cut),
    moment: frozen(isRedated ? { ...moment, atUs: cut.atUs } : moment),
    was: { nodes: moment.nodes, timeScale: moment.timeScale },
    atUs: isRedated ? cut.atUs : atUs,
    timeScale,
    seed,
    heal,
  }
  return { header, beginning }
}

type Header = RunHeader & { readonly config: RunConfig }

function headerFor(
  reader: RunReader,
  protocol: AnyProtocol,
  wanted: BranchWanted,
  at: { atUs: number; seed: number; before: number },
): Header {
  const { of, seq, run, name, mode } = wanted
  const { config, branch, epochUs, name: was } = reader.header
  const seeds = (branch?.seeds ?? []).filter(({ after }) => after < seq)
  const isSimulated = config.mode === 'simulation'
  // Where what is simulated and what is not meet, nobody may take the one's slowness for the other's.
  const scale = isSimulated === (mode === 'simulation') ? config.timeScale : 1
  const made = headerOf({
    ...{ run, name, protocol, epochUs: isSimulated ? 0 : epochUs, appVersion: VERSION },
    config: { ...config, mode, name, timeScale: scale },
    branch: {
      ...{ of, at: seq, cut: true, name: was, atUs: at.atUs },
      ...(isSimulated && mode === 'real' ? { simulated: true } : {}),
      seeds: at.seed === at.before ? seeds : [...seeds, { after: seq, seed: at.seed }],
    },
  })
  return { ...made, config: made.config as RunConfig }
}

/** Time of the run and time of the recording are not the same: a simulation knows the first alone. */
function wasStretched(reader: RunReader, seq: number): boolean {
  const { config } = reader.header
  if (config.mode === 'simulation') return false
  if (config.timeScale !== 1) return true
  const [change] = reader.matching('do:timeScale')
  return change !== undefined && change.seq <= seq
}

function copyWhole(reader: RunReader, header: RunHeader, file: string, seq: number): void {
  const { store, lastSeq } = copyPast(reader.file, file, header, seq)
  writing(store, () => {
    const recorder = new Recorder(store, header, lastSeq === 0 ? undefined : reader.moment(lastSeq))
    transcribe(recorder, eventsOf(reader, lastSeq + 1, seq), header, (us) => us)
    recorder.finish()
  })
}

/** Event by event, dated in run time. */
function retell(reader: RunReader, header: RunHeader, file: string, seq: number): void {
  const store = new RunStore(file, header)
  const time = new RunTime(ownConfig(reader.header))
  writing(store, () => {
    const recorder = new Recorder(store, header)
    for (const event of eventsOf(reader, 1, seq)) {
      time.take(event)
      transcribe(recorder, [event], header, (us) => time.at(us))
    }
    recorder.finish()
  })
}

function writing(store: RunStore, work: () => void): void {
  try {
    work()
    store.detach()
  } catch (error) {
    store.abandon()
    throw error
  }
}
