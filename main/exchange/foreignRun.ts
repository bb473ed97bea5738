/** A log of another program as a run: read once for its hosts, whose names the header must hold, and once more for its events. */

import { IMPORTED_HOSTS_MAX, recordedConfigSchema } from '../../protocols/core/config.ts'
import type { LocalEvent } from '../../protocols/core/event.ts'
import { CLIENTS, nodeId, runId } from '../../protocols/core/ids.ts'
import type { Foreign } from '../contract/exchange.ts'
import { VERSION } from '../labInfo.ts'
import type { RunHeader } from '../recorder/header.ts'
import { isHostName } from '../recorder/runFile.ts'
import { ForeignError, type ForeignEvent, ForeignOrder } from './foreign.ts'
import type { ImportOptions, ReadRun } from './format.ts'
import { badLine } from './lines.ts'

const natural = new Intl.Collator('en', { numeric: true })
const byName = (a: string, b: string): number => natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

/** `read` reads the file from its beginning, each time that it is called. */
export function foreignRun(format: string, read: () => Iterable<ForeignEvent>, { file, shown, name }: ImportOptions): ReadRun {
  const { hosts, clocks, times, completed } = survey(read(), file)
  const nodes = [...hosts]
    .filter((host) => host !== CLIENTS)
    .sort(byName)
    .map(nodeId)
  // A run has a node: where everything happened at the clients, one of which nothing is told.
  if (nodes.length === 0) nodes.push(nodeId('nobody'))
  const foreign: Foreign = { format, file: fileNameOf(shown ?? file), clocks, times, completed: completed(nodes, read()) }
  const header: RunHeader = {
    ...{ run: runId('imported'), name, nodes, protocolVersion: 0, messageTypes: [], timers: [], epochUs: 0, foreign },
    config: recordedConfigSchema.parse({ protocol: 'imported', service: 'imported', mode: 'imported', nodes: nodes.length }),
    ...{ createdAt: new Date().toISOString(), appVersion: VERSION },
  }
  return { header, status: 'ended', events: ordered(new ForeignOrder(nodes), read(), file) }
}

const fileNameOf = (file: string): string => (file.split(/[/\\]/).at(-1) ?? file).slice(0, 300)

function survey(events: Iterable<ForeignEvent>, file: string) {
  const hosts = new Set<string>()
  let clocks: boolean | undefined
  let times: boolean | undefined
  for (const { host, clock, atUs, line } of events) {
    if (host !== CLIENTS && !isHostName(host))
      throw badLine(file, line, `a host has a name of 1 to 100 characters without spaces, not ${JSON.stringify(host.slice(0, 120))}`)
    hosts.add(host)
    if (hosts.size > IMPORTED_HOSTS_MAX)
      throw badLine(file, line, `${host} is one host too many: a run has at most ${IMPORTED_HOSTS_MAX}`, 'Leave some hosts out.')
    if (clocks !== undefined && clocks !== (clock !== undefined))
      throw badLine(file, line, `it has ${clock ? 'a' : 'no'} clock, other than the events before it`, 'Give every event one, or none.')
    if (times !== undefined && times !== (atUs !== undefined))
      throw badLine(
        file,
        line,
        `it has ${atUs === undefined ? 'no' : 'a'} time, other than the events before it`,
        'Give every event one, or none.',
      )
    clocks = clock !== undefined
    times = atUs !== undefined
  }
  if (hosts.size === 0) throw badLine(file, 1, 'there is no event in it', 'Choose a file that has some.')
  /** How many clocks were completed is known once all are ordered; the header says it, and is written first. */
  const completed = (nodes: RunHeader['nodes'], again: Iterable<ForeignEvent>): number => {
    if (!clocks) return 0
    const order = new ForeignOrder(nodes)
    for (const _ of ordered(order, again, file));
    return order.completed
  }
  return { hosts, clocks: clocks ?? false, times: times ?? false, completed }
}

function* ordered(order: ForeignOrder, events: Iterable<ForeignEvent>, file: string): Generator<LocalEvent> {
  try {
    for (const event of events) yield* order.take(event)
    order.end()
  } catch (error) {
    if (error instanceof ForeignError) throw badLine(file, error.line, error.message, 'Check the clocks of the log; nothing was imported.')
    throw error
  }
}
