/**
 * A node that lies: an honest machine, and what it says bent afterwards. It takes in and remembers what an honest node would;
 * only its messages differ. Being told to lie is an input like any other (the control `lie`), so that a liar is recorded,
 * run again, branched and simulated like everybody, and the stamps on its messages, given outside, stay true.
 *
 * Its disk keeps that it lies: a crash makes nobody honest.
 */
import { z } from 'zod'
import type { Effect } from '../core/effect.ts'
import { nodeSchema } from '../core/fault.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome, ControlInput, StartInput } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { LieWords } from '../core/lie.ts'
import type { AnyMessage, AnyProtocol, ControlSpec, Glimpse, Machine, Step } from '../core/machine.ts'
import type { Panel, PanelView } from '../core/panel.ts'
import { draw } from '../core/prng.ts'
import { genericLies } from './generic.ts'

/** One lie as a person asks for it. Absent parts do not restrict. */
const toldLieSchema = z.strictObject({
  lie: z.string().min(1),
  /** Who hears it; the others hear what an honest node would say. */
  to: z.array(nodeSchema).min(1).optional(),
  /** Messages that it bends. */
  kinds: z.array(z.string().min(1)).min(1).optional(),
})
export type ToldLie = z.infer<typeof toldLieSchema>

/** "equivocate to n1, n2, about Prepare". */
const lieWords = ({ lie, to, kinds }: ToldLie): string =>
  `${lie}${to ? ` to ${to.join(', ')}` : ''}${kinds ? ` about ${kinds.join(', ')}` : ''}`

export const liesText = (lies: readonly ToldLie[]): string => lies.map(lieWords).join('; ')

/** The field of an encoded state, and of a record on a disk, that says what a node lies about. */
const LIES = '$lies'
/** What a liar remembers of what it said, to say it again. */
const SAID_MAX = 16

interface Past {
  /** Empty: it is honest now, and was not always. */
  readonly lies: readonly ToldLie[]
  readonly said: readonly AnyMessage[]
}

/** The state of a node that lies, or that has lied: nobody can say what its state is worth from then on. */
/** Known by this and not by its class: a run may be judged by another copy of the sources than its protocol is of. */
const BRAND = Symbol.for('synod liar')

export class Liar {
  readonly [BRAND] = true
  readonly honest: unknown
  readonly past: Past
  readonly id: NodeId
  readonly nodes: readonly NodeId[]

  constructor(honest: unknown, past: Past, id: NodeId, nodes: readonly NodeId[]) {
    this.honest = honest
    this.past = past
    this.id = id
    this.nodes = nodes
  }
}

export const isLiar = (state: unknown): state is Liar => typeof state === 'object' && state !== null && BRAND in state
/** The protocol's own state of any node. */
export const honestState = (state: unknown): unknown => (isLiar(state) ? state.honest : state)

/** All lies that nodes of this protocol can be told to tell. */
export const liesOf = ({ lies = [] }: AnyProtocol): readonly LieWords[] => [...lies, ...genericLies]

/** The protocol, whose nodes can be told to lie. Where nobody is, nothing is different. */
export function withLies(protocol: AnyProtocol): AnyProtocol {
  const { machine, observe, encode, decode, glimpse, panel, controls = [] } = protocol
  return {
    ...protocol,
    controls: [...controls, lieControl(protocol)],
    machine: (service) => lyingMachine(protocol, machine(service)),
    observe: (state) => (isLiar(state) ? { ...observe(state.honest), lies: liesText(state.past.lies) } : observe(state)),
    encode: (state) => (isLiar(state) ? { ...(encode(state.honest) as object), [LIES]: toldOf(state) } : encode(state)),
    decode: (json) => decodeState(json, decode),
    ...(glimpse ? { glimpse: (state, wanted) => glimpseOf(glimpse, state, wanted) } : {}),
    ...(panel ? { panel: { ...panel, views: panel.views.map(honestly) } as Panel<unknown, AnyMessage> } : {}),
  }
}

const lieControl = (protocol: AnyProtocol): ControlSpec => ({
  name: 'lie',
  label: 'Lie',
  help: 'It turns Byzantine: from now on it says what these lies make of its messages. With none it speaks the truth again.',
  fields: [],
  schema: z.strictObject({
    name: z.literal('lie'),
    lies: z.array(
      toldLieSchema.refine(
        ({ lie }) => liesOf(protocol).some(({ name }) => name === lie),
        `a lie of ${protocol.title} is one of: ${liesOf(protocol)
          .map(({ name }) => name)
          .join(', ')}`,
      ),
    ),
  }) as unknown as ControlSpec['schema'],
})

function lyingMachine(protocol: AnyProtocol, machine: Machine<unknown, AnyMessage>): Machine<unknown, AnyMessage> {
  return {
    start(input) {
      const lies = liesOnDisk(input)
      if (lies === undefined) return machine.start(input)
      const step = machine.start({ ...input, recovered: input.recovered.filter((record) => recordOf(record) === undefined) })
      return bend(protocol, step, { lies, said: [] }, input.id, input.nodes, input.coin)
    },
    step(state, input) {
      if (input.kind === 'control' && input.control.name === 'lie') return turn(protocol, state, input)
      if (!isLiar(state)) return machine.step(state, input)
      return bend(protocol, machine.step(state.honest, input), state.past, state.id, state.nodes, input.coin)
    },
  }
}

/** Told to lie, or to stop. What it says in this very step is bent already. */
function turn(protocol: AnyProtocol, state: unknown, input: ControlInput): Step<unknown, AnyMessage> {
  const lies = input.control.lies as unknown as readonly ToldLie[]
  const past = { lies, said: isLiar(state) ? state.past.said : [] }
  const kept: Step<unknown, AnyMessage> = {
    state: honestState(state),
    effects: [{ kind: 'persist', record: { [LIES]: lies as unknown as Json } }],
  }
  return bend(protocol, kept, past, input.id, input.nodes, input.coin)
}

/** What an honest node would do, and what this one does instead. */
function bend(
  protocol: AnyProtocol,
  step: Step<unknown, AnyMessage>,
  past: Past,
  id: NodeId,
  nodes: readonly NodeId[],
  coin: number,
): Step<unknown, AnyMessage> {
  const effects: Effect<AnyMessage>[] = []
  const said = [...past.said]
  for (const effect of step.effects) {
    if (effect.kind === 'send') {
      const { to, message } = effect
      const told = past.lies.reduce<readonly AnyMessage[]>(
        (messages, lie) =>
          messages.flatMap((each) =>
            tell(protocol, lie, each, { state: step.state, id, to, nodes, coin: draw(coin, effects.length), said }),
          ),
        [message],
      )
      for (const each of told) effects.push({ ...effect, message: each })
      if (said.at(-1) !== message) said.push(message)
    } else if (effect.kind === 'reply') {
      const outcome = answer(protocol, past.lies, effect.outcome, { state: step.state, id, nodes, coin: draw(coin, effects.length) })
      if (outcome) effects.push({ ...effect, outcome })
    } else {
      effects.push(effect)
      if (effect.kind === 'persist' && effect.replaces) effects.push({ kind: 'persist', record: { [LIES]: past.lies as unknown as Json } })
    }
  }
  return { state: new Liar(step.state, { lies: past.lies, said: said.slice(-SAID_MAX) }, id, nodes), effects }
}

interface Saying {
  readonly state: unknown
  readonly id: NodeId
  readonly to: NodeId
  readonly nodes: readonly NodeId[]
  readonly coin: number
  readonly said: readonly AnyMessage[]
}

/** One message, as one lie has it. */
function tell(protocol: AnyProtocol, told: ToldLie, message: AnyMessage, saying: Saying): readonly AnyMessage[] {
  if (told.to && !told.to.includes(saying.to)) return [message]
  if (told.kinds && !told.kinds.includes(message.kind)) return [message]
  const own = protocol.lies?.find(({ name }) => name === told.lie)
  if (own) {
    const instead = own.tell(message, saying)
    return instead === undefined ? [message] : Array.isArray(instead) ? instead : [instead as AnyMessage]
  }
  return genericLies.find(({ name }) => name === told.lie)?.tell(message, saying.said, saying.coin) ?? [message]
}

/** What a client is told; nothing by a node that says nothing to anybody. */
function answer(
  protocol: AnyProtocol,
  lies: readonly ToldLie[],
  outcome: ClientOutcome,
  context: Omit<Saying, 'to' | 'said'>,
): ClientOutcome | undefined {
  if (lies.some(({ lie, to, kinds }) => lie === 'silent' && to === undefined && kinds === undefined)) return undefined
  return lies.reduce((said, { lie }) => protocol.lies?.find(({ name }) => name === lie)?.answer?.(said, context) ?? said, outcome)
}

/** What a disk says that its node lies about; undefined when it never did. */
const liesOnDisk = ({ recovered }: StartInput): readonly ToldLie[] | undefined =>
  recovered.map(recordOf).findLast((lies) => lies !== undefined)

function recordOf(record: Json): readonly ToldLie[] | undefined {
  const isLies = typeof record === 'object' && record !== null && LIES in record
  return isLies ? ((record as { readonly [LIES]: unknown })[LIES] as readonly ToldLie[]) : undefined
}

const toldOf = ({ past, id, nodes }: Liar): Json => ({ id, nodes, ...past }) as unknown as Json

function decodeState(json: Json, decode: AnyProtocol['decode']): unknown {
  if (typeof json !== 'object' || json === null || !(LIES in json)) return decode(json)
  const { [LIES]: told, ...honest } = json as {
    readonly [LIES]: Past & Pick<Liar, 'id' | 'nodes'>
    readonly [field: string]: Json | object
  }
  const { id, nodes, ...past } = told
  return new Liar(decode(honest as Json), past, id, nodes)
}

function glimpseOf(glimpse: NonNullable<AnyProtocol['glimpse']>, state: unknown, wanted: Glimpse): Json {
  if (!isLiar(state) && !isLiar(wanted.unlike)) return glimpse(state, wanted)
  const seen = glimpse(honestState(state), wanted.unlike === undefined ? wanted : { ...wanted, unlike: honestState(wanted.unlike) })
  const isWanted = isLiar(state) && (wanted.fields === undefined || wanted.fields.has(LIES))
  return isWanted ? { ...(seen as object), [LIES]: toldOf(state) } : seen
}

/** The protocol draws what it knows; that its node lies is drawn by whoever shows nodes. */
const honestly = (view: PanelView<unknown, AnyMessage>): PanelView<unknown, AnyMessage> =>
  view.kind === 'grid' ? { ...view, row: (state, window, words) => view.row(honestState(state), window, words) } : view
