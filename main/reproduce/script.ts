/** A recorded run of real processes as a script that can be carried out again: what was done to it until it failed, each deed at its time. */
import { membersOf, type RunConfig } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { type DatedDeed, DeedReader } from '../../protocols/sim/deeds.ts'
import type { Step } from '../scenario/format.ts'
import type { Trial } from '../simulate/shrink/trial.ts'

/** How long the last deed is given to have its effect; run milliseconds. */
const WATCH_MS = 3000
/** Real milliseconds for one attempt beyond the time of its deeds. */
const SPARE_MS = 60_000

/** `events`: from the first up to the one at which it failed. */
export function scriptOf(config: RunConfig, service: AnyService, events: Iterable<RunEvent>): Trial {
  const reader = new DeedReader(config)
  const up = new Map<string, number>()
  const members = membersOf(config)
  for (const event of events) {
    reader.take(event)
    if (event.kind === 'node' && event.change.is === 'up' && members.includes(event.node) && !up.has(event.node))
      up.set(event.node, event.atUs)
  }
  // Steps begin when every process that is there from the beginning is up for the first time.
  const openedUs = Math.max(0, ...up.values())
  let scale = config.timeScale
  const steps = reader.deeds.flatMap((dated): Step[] => {
    const atMs = Math.max(0, Math.round((dated.atUs - openedUs) / scale) / 1e3)
    if (dated.deed.do === 'act' && dated.deed.action.do === 'timeScale') scale = dated.deed.action.scale
    const step = stepOf(dated, service)
    return step ? [{ ...step, atMs } as Step] : []
  })
  const lengthMs = Math.max(0, ...steps.map(({ atMs = 0 }) => atMs))
  return {
    run: config,
    steps: [...steps, { do: 'watch', watch: { ms: WATCH_MS } }],
    expect: {},
    limitMs: Math.ceil(lengthMs * config.timeScale + SPARE_MS),
  }
}

function stepOf({ deed }: DatedDeed, service: AnyService): object | undefined {
  if (deed.do === 'operate') {
    const { client, op, of } = deed
    return { do: 'ask', ask: service.format(op), ...(client === 'you' ? {} : { by: client }), ...(of === undefined ? {} : { of }) }
  }
  const { action } = deed
  switch (action.do) {
    case 'node':
      return { do: action.what, [action.what]: action.node }
    case 'arm': {
      const { id, ...fault } = action.fault
      return { do: 'arm', arm: fault, as: id }
    }
    case 'lift':
      return { do: 'lift', lift: action.fault }
    case 'release':
      return { do: 'release', release: action.fault }
    case 'load':
      return { do: 'load', load: action.load ?? 'off' }
    case 'timeScale':
      return { do: 'timeScale', timeScale: action.scale }
    case 'control': {
      const { name, ...fields } = action.control
      return { do: 'tell', tell: action.node, control: name, with: fields }
    }
    case 'clock':
    case 'disk':
      return undefined // nobody sets those of real machines
    default:
      return action satisfies never
  }
}
