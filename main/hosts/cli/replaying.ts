/** `synod replay`: a recorded run as it was at one event. */
import type { FactSpec } from '../../../protocols/core/machine.ts'
import { decodeMoment, emptyIn, type MomentData, type NodeMoment } from '../../../protocols/core/moment.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { eventSentence } from '../../../protocols/words/eventText.ts'
import { clockText, diskText, faultText } from '../../../protocols/words/faultText.ts'
import { faultTexts } from '../../../protocols/words/marks.ts'
import { type Speech, speechOf } from '../../../protocols/words/speech.ts'
import type { NodeStates, Overview } from '../../contract/commands.ts'
import { LabError } from '../../contract/errors.ts'
import type { EventReport } from '../../contract/query.ts'
import { pastTheEnd, withRun } from './openRun.ts'
import { type CommonOptions, Exit, print, printJson } from './terminal.ts'

interface ReplayOptions extends CommonOptions {
  readonly at?: number
  readonly node?: string
}

/** Every node's state at one event. */
export async function replay(name: string, options: ReplayOptions): Promise<number> {
  return await withRun(name, options, async (connection, run) => {
    const overview = await connection.call('run.overview', { run })
    const { lastSeq } = overview
    const seq = options.at ?? lastSeq
    if (seq > lastSeq) throw pastTheEnd(`--at ${seq}`, lastSeq)
    const [moment, states, report] = await Promise.all([
      connection.call('run.moment', { run, seq }),
      connection.call('run.states', { run, seq }),
      seq === 0 ? undefined : connection.call('run.event', { run, seq }), // 0 is the moment before the first
    ])
    const nodes = states.nodes.filter((state) => options.node === undefined || state.node === options.node)
    const known = states.nodes.map((state) => state.node).join(', ')
    if (nodes.length === 0) throw new LabError('bad-request', `--node ${options.node} is not in this run.`, `Its nodes are ${known}.`)
    const event = report?.event ?? null
    if (options.json) await printJson({ run, seq, lastSeq, atUs: moment.atUs, event, moment, nodes })
    else await print(describe(overview, moment, nodes, report))
    return Exit.good
  })
}

function describe(
  { config, lastSeq, marks, nodes }: Overview,
  moment: MomentData,
  states: NodeStates['nodes'],
  report: EventReport | undefined,
): string {
  const speech = speechOf(config.protocol, config.service)
  const sentence =
    report &&
    eventSentence(report.event, {
      ...{ nodes, speech },
      sendOf: () => report.send,
      faultText: (fault) => faultTexts(marks).get(fault),
    })
  const now = decodeMoment(moment)
  const facts = findProtocol(config.protocol)?.facts ?? []
  return [
    `Event ${moment.seq} of ${lastSeq} at ${(moment.atUs / 1e6).toFixed(3)} s: ${sentence ?? 'before the first event'}`,
    `Messages in flight: ${inFlightText(moment)}.`,
    `Faults: ${moment.faults.map((fault) => faultText(fault, emptyIn(now))).join('; ') || 'none'}.`,
    ...states.map((state) => describeNode(state, now.nodes.get(state.node), facts, speech)),
  ].join('\n')
}

/** "3 AppendEntries, 1 RequestVote". */
function inFlightText({ inFlight }: MomentData): string {
  const counts = new Map<string, number>()
  for (const { type } of inFlight) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ') || 'none'
}

function describeNode(
  state: NodeStates['nodes'][number],
  node: NodeMoment | undefined,
  facts: readonly FactSpec[],
  speech: Speech,
): string {
  const shown = node?.status === 'up' || node?.status === 'paused' ? node.observation : undefined
  const standing = shown ? `${speech.called(shown)} in ${speech.epochName} ${shown.epoch}` : (node?.reason ?? '')
  const told = shown && facts.flatMap(({ name, label }) => (shown.facts[name] == null ? [] : [`${label} ${shown.facts[name]}`]))
  const lines = [
    [`${state.node}  ${state.status}`, standing].filter((part) => part !== '').join(', '),
    ...(told && told.length > 0 ? [told.join(', ')] : []),
    ...(node?.clock ? [clockText(state.node, node.clock)] : []),
    ...(node?.syncMs ? [diskText(state.node, node.syncMs)] : []),
    ...(state.problem === undefined ? [] : [state.problem]),
    ...(state.state === undefined ? [] : [JSON.stringify(state.state, undefined, 2)]),
  ]
  return `\n${lines.join('\n').replaceAll('\n', '\n  ')}`
}
