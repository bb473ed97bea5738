/**
 * Puts a simulation into a log as the processes of a real run and its proxy would: steps and checkpoints as tap records,
 * messages as frames. It decides nothing that the driver does not decide, so what is recorded replays like any other run.
 */
import { saidRecord } from '../clients/desk.ts'
import type { ActionEvent, DropEvent, NodeEvent, Unnumbered } from '../core/event.ts'
import { hashText } from '../core/hash.ts'
import type { FaultId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { AnyMessage, AnyProtocol, Observation } from '../core/machine.ts'
import { sameObservation } from '../host/observation.ts'
import { CheckpointPace } from '../host/pace.ts'
import { ByteWriter } from '../wire/bytes.ts'
import { FrameKind, writeFrame } from '../wire/frame.ts'
import type { Log } from '../wire/log.ts'
import { StepInputKind, TapKind, writeStepRecord, writeTextRecord } from '../wire/tap.ts'
import type { Letter, Sink, StepSeen, Word } from './sink.ts'

/** What was last said of a life of a node. */
interface Said {
  life: number
  state: unknown
  observation: Observation | undefined
  pace: CheckpointPace
}

const NO_CLOCK: readonly number[] = []
const encoder = new TextEncoder()

export class Recording implements Sink {
  readonly #log: Log
  readonly #protocol: AnyProtocol
  readonly #clients: number
  readonly #said: Said[] = []
  /** The record or frame at hand. */
  readonly #writer = new ByteWriter()
  #lastBody: AnyMessage | undefined
  #lastText = ''

  constructor(log: Log, protocol: AnyProtocol, nodes: number) {
    this.#log = log
    this.#protocol = protocol
    this.#clients = nodes
  }

  stepped(step: StepSeen): void {
    const { endpoint, life, atUs, after, inputKind, subject } = step
    const said = this.#of(endpoint, life)
    const writer = this.#begin()
    writeStepRecord(writer, {
      step: step.step,
      atUs,
      nowMs: step.nowMs,
      lamport: step.lamport,
      clock: step.clock,
      input: inputKind,
      subject,
      sendFirst: step.sendFirst,
      sendCount: step.sendCount,
      persisted: step.persisted,
      timers: step.timers,
      extras: this.#extras(step, said),
    })
    this.#log.tap(endpoint, life, writer.bytes, writer.view, 0, writer.length)
    if (inputKind === StepInputKind.start || said.pace.isDue(step.step, atUs)) this.#checkpoint(step, said, after)
  }

  spoke({ said, step, atUs, lamport, clock }: Word): void {
    const writer = this.#begin()
    writeTextRecord(writer, { ...saidRecord(said), step, atUs, lamport, clock })
    this.#log.tap(this.#clients, 1, writer.bytes, writer.view, 0, writer.length)
  }

  sent(letter: Letter, atUs: number): void {
    const { body, from, to, type, number, step, lamport, sentAtUs, life, clock } = letter
    if (body !== this.#lastBody) {
      this.#lastBody = body
      this.#lastText = JSON.stringify(body)
    }
    const writer = this.#begin()
    writeFrame(writer, { kind: FrameKind.message, from, to, type, number, step, lamport, sentAtUs, life, clock }, this.#lastText)
    this.#log.frame(writer.bytes, writer.view, 0, writer.length, atUs, Number.NaN)
  }

  delivered({ message }: Letter, copy: number, atUs: number): void {
    this.#log.deliver(atUs, message, copy)
  }

  dropped({ message }: Letter, copy: number, why: DropEvent['why'], atUs: number): void {
    this.#log.drop(atUs, message, copy, encoder.encode(JSON.stringify(why)))
  }

  held({ message }: Letter, fault: FaultId, atUs: number): void {
    this.#log.hold(atUs, message, encoder.encode(fault))
  }

  happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    this.#log.event(encoder.encode(JSON.stringify(event)))
  }

  #begin(): ByteWriter {
    this.#writer.reset()
    return this.#writer
  }

  #of(endpoint: number, life: number): Said {
    const known = this.#said[endpoint]
    if (known?.life === life) return known
    const said: Said = { life, state: undefined, observation: undefined, pace: new CheckpointPace() }
    this.#said[endpoint] = said
    return said
  }

  /** Notes, and what the node shows when that has changed. */
  /** In the order in which drivers write them. */
  #extras({ input, effects, after }: StepSeen, said: Said): string {
    const control = input.kind === 'control' ? input.control : undefined
    let notes: Json[] | undefined
    for (const effect of effects) {
      if (effect.kind !== 'note') continue
      notes ??= []
      notes.push({ note: effect.note, data: effect.data })
    }
    const shown = this.#shown(after, said)
    if (!(control || notes || shown)) return ''
    return JSON.stringify({ ...(control ? { control } : {}), ...(notes ? { notes } : {}), ...(shown ? { observation: shown } : {}) })
  }

  #shown(state: unknown, said: Said): Observation | undefined {
    if (state === said.state) return undefined
    said.state = state
    const observation = this.#protocol.observe(state)
    if (said.observation && sameObservation(said.observation, observation)) return undefined
    said.observation = observation
    return observation
  }

  /** Writing one takes no simulated time: how often they come depends on their size alone, and so on nothing but the run. */
  #checkpoint({ endpoint, life, step, atUs }: StepSeen, said: Said, after: unknown): void {
    const state = JSON.stringify(this.#protocol.encode(after))
    const writer = this.#begin()
    const text = `{"hash":"${hashText(state)}","state":${state}}`
    writeTextRecord(writer, { kind: TapKind.checkpoint, step, atUs, lamport: 0, clock: NO_CLOCK, text })
    this.#log.tap(endpoint, life, writer.bytes, writer.view, 0, writer.length)
    said.pace.took({ step, atUs, tookUs: 0, bytes: state.length })
  }
}
