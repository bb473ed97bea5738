/**
 * Where a simulation says what happens. Nothing is made for it beforehand: whoever records pays for bytes, whoever judges
 * pays for judging, and a bare run pays for neither. What is passed is valid during the call only, bodies and states
 * apart, which never change.
 */
import type { Said } from '../clients/desk.ts'
import type { ActionEvent, DropEvent, NodeEvent, Unnumbered } from '../core/event.ts'
import type { FaultId, MessageId } from '../core/ids.ts'
import type { JudgedStep } from '../core/invariant.ts'
import type { AnyMessage } from '../core/machine.ts'

/** A message with its stamps: what a frame is on a wire. */
export interface Letter {
  readonly message: MessageId
  /** Endpoint indexes. */
  readonly from: number
  readonly to: number
  /** Index into the run's message types. */
  readonly type: number
  readonly number: number
  readonly life: number
  readonly step: number
  readonly lamport: number
  readonly clock: Uint32Array
  readonly sentAtUs: number
  readonly body: AnyMessage
}

/** One step of a node, as its driver would report it, with what a judge wants to see. */
export interface StepSeen extends JudgedStep<unknown, AnyMessage> {
  readonly endpoint: number
  readonly step: number
  readonly atUs: number
  readonly nowMs: number
  readonly lamport: number
  readonly clock: Uint32Array
  /** One of StepInputKind, and its subject as in a tap record. */
  readonly inputKind: number
  readonly subject: number
  readonly sendFirst: number
  readonly sendCount: number
  readonly persisted: number
  readonly timers: readonly { readonly timer: number; readonly ms: number }[]
}

/** A client's operation began or ended. */
export interface Word {
  readonly said: Said
  readonly step: number
  readonly atUs: number
  readonly lamport: number
  readonly clock: Uint32Array
}

export interface Sink {
  stepped(step: StepSeen): void
  spoke(word: Word): void
  /** The message has left its sender: what it depends on is durable. */
  sent(letter: Letter, atUs: number): void
  delivered(letter: Letter, copy: number, atUs: number): void
  dropped(letter: Letter, copy: number, why: DropEvent['why'], atUs: number): void
  held(letter: Letter, fault: FaultId, atUs: number): void
  happened(event: Unnumbered<NodeEvent | ActionEvent>): void
}

/** For sinks to which little matters: what they do not take up passes. */
export abstract class Listener implements Sink {
  stepped(_step: StepSeen): void {}
  spoke(_word: Word): void {}
  sent(_letter: Letter, _atUs: number): void {}
  delivered(_letter: Letter, _copy: number, _atUs: number): void {}
  dropped(_letter: Letter, _copy: number, _why: DropEvent['why'], _atUs: number): void {}
  held(_letter: Letter, _fault: FaultId, _atUs: number): void {}
  happened(_event: Unnumbered<NodeEvent | ActionEvent>): void {}
}

/** Several at once, in order. */
export function tee(...sinks: readonly Sink[]): Sink {
  if (sinks.length === 1) return sinks[0] as Sink
  return {
    stepped: (step) => {
      for (const sink of sinks) sink.stepped(step)
    },
    spoke: (word) => {
      for (const sink of sinks) sink.spoke(word)
    },
    sent: (letter, atUs) => {
      for (const sink of sinks) sink.sent(letter, atUs)
    },
    delivered: (letter, copy, atUs) => {
      for (const sink of sinks) sink.delivered(letter, copy, atUs)
    },
    dropped: (letter, copy, why, atUs) => {
      for (const sink of sinks) sink.dropped(letter, copy, why, atUs)
    },
    held: (letter, fault, atUs) => {
      for (const sink of sinks) sink.held(letter, fault, atUs)
    },
    happened: (event) => {
      for (const sink of sinks) sink.happened(event)
    },
  }
}
