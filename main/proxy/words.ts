/** What the engine's main thread and the proxy's thread say to each other. */
import type { MessagePort } from 'node:worker_threads'
import type { Unnumbered } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { EndpointId, FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Onset } from '../contract/process.ts'
import type { ProxyPorts, ProxySettings } from './settings.ts'

/** The first word to the thread. */
export interface ProxyBeginning {
  readonly settings: ProxySettings
  readonly recorder: MessagePort
}

/** A `call` wants to be answered under its number. */
export type ToProxy =
  | { readonly do: 'setTarget'; readonly node: NodeId; readonly port: number | undefined; readonly life: number }
  | { readonly do: 'setTimeScale'; readonly scale: number }
  | { readonly do: 'event'; readonly event: Unnumbered }
  | { readonly do: 'begin'; readonly onset: Onset }
  | { readonly do: 'arm'; readonly call: number; readonly fault: ArmedFault }
  | { readonly do: 'lift'; readonly call: number; readonly fault: FaultId }
  | { readonly do: 'release'; readonly call: number; readonly fault: FaultId; readonly message: MessageId | undefined }
  | { readonly do: 'flush'; readonly call: number }
  | { readonly do: 'close'; readonly call: number }

export type FromProxy =
  | { readonly kind: 'listening'; readonly ports: ProxyPorts }
  | { readonly kind: 'cannotListen'; readonly message: string }
  | { readonly kind: 'done'; readonly call: number; readonly value: boolean | number | undefined }
  | { readonly kind: 'failed'; readonly call: number; readonly message: string }
  | { readonly kind: 'tapClosed'; readonly endpoint: EndpointId; readonly life: number }
  | { readonly kind: 'trouble'; readonly text: string }
