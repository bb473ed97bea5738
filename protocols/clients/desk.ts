/**
 * Where logical clients send their requests from and hear the answers: what a real process (main/clients) and the
 * simulator offer them. An event of the desk has one time and one stamp; whatever is recorded and asked in it carries them.
 */
import type { ReturnEvent } from '../core/event.ts'
import type { ClientOutcome, ClientRequest } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { ClientManners } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { TapKind } from '../wire/tap.ts'
import type { Compass } from './compass.ts'

/** Hears the answer to one asking. `node` is the index of who answered. */
export interface Asker {
  /** Hears every node that answers its asking, until it forgets it; else the first answer alone. */
  readonly hearsAll?: boolean
  onAnswer(ask: number, node: number, outcome: ClientOutcome): void
}

export interface Desk {
  /** The time of the event under way, microseconds since the run began. */
  readonly atUs: number
  /** A local event begins. Returns its time. */
  beginEvent(): number
  /** Run milliseconds at `atUs`; now when it is left out. */
  nowMs(atUs?: number): number
  /** Names an asking before it is sent: for requests that say their own name. Names rise. */
  open(asker: Asker): number
  /** Sends a request in the event under way; `opText` is its operation as JSON. Returns what names the asking in its answer: `as`, when it has a name. */
  ask(asker: Asker, node: number, request: ClientRequest, opText: string, as?: number): number
  /** Nobody waits for this answer any more. */
  forget(ask: number): void
  /** Records the invocation or return of an operation, in the event under way. */
  record(said: Said): void
}

/** An operation of a client began, or ended. */
export type Said =
  /** `opText`: the operation as JSON. */
  | { readonly is: 'invoke'; readonly operation: number; readonly client: string; readonly op: Json; readonly opText: string }
  | { readonly is: 'return'; readonly operation: number; readonly client: string; readonly outcome: ReturnEvent['outcome'] }

/** As it stands on a tap. Only who records needs it. */
export function saidRecord(said: Said): { readonly kind: typeof TapKind.invoke | typeof TapKind.return; readonly text: string } {
  const who = `{"operation":${said.operation},"client":${JSON.stringify(said.client)}`
  return said.is === 'invoke'
    ? { kind: TapKind.invoke, text: `${who},"op":${said.opText}}` }
    : { kind: TapKind.return, text: `${who},"outcome":${JSON.stringify(said.outcome)}}` }
}

/** One alarm, set anew at will. */
export interface Alarm {
  /** Rings once in so many run milliseconds, in place of an earlier setting. */
  set(runMs: number): void
  clear(): void
}

export interface ClientWorld {
  readonly desk: Desk
  readonly compass: Compass
  readonly manners: ClientManners
  /** Equal answers of different nodes that make a result. */
  readonly accepts: number
  /** Reads go to one node after the other. */
  readonly readsAnywhere: boolean
  readonly service: AnyService
  nodeIndex(node: string): number
  /** The next operation's number, unique within the run. */
  nextOperation(): number
}

/** A request as JSON, put together from the operation's text. */
export function requestText(request: ClientRequest, opText: string): string {
  switch (request.kind) {
    case 'register':
      return '{"kind":"register"}'
    case 'query':
      return `{"kind":"query","op":${opText}}`
    case 'command':
      return `{"kind":"command","session":${request.session},"seq":${request.seq},"firstUnacked":${request.firstUnacked},"op":${opText}}`
    case 'signed':
      return `{"kind":"signed","client":${JSON.stringify(request.client)},"op":${opText},"signature":"${request.signature}"}`
    default:
      return request satisfies never
  }
}
