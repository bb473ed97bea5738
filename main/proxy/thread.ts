/** Starts the proxy's thread and speaks for it on the engine's main thread. */
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Unnumbered } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { EndpointId, FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Onset } from '../contract/process.ts'
import { startThread } from '../programs/thread.ts'
import type { ProxyPorts, ProxySettings } from './settings.ts'
import type { FromProxy, ProxyBeginning, ToProxy } from './words.ts'

export interface ProxyListeners {
  /** All that the tap of this life of an endpoint had to say is in the feed. */
  onTapClosed?(endpoint: EndpointId, life: number): void
  /** Something that a person should know, and that ends nothing: a link that cannot be reached, say. */
  onTrouble?(text: string): void
  /** The thread died: the run cannot go on. */
  onFailure?(error: Error): void
}

export interface ProxyThread {
  readonly ports: ProxyPorts
  /** A node's server listens at `port` in its `life`; undefined: the node is down. What arrives for it then is dropped. */
  setTarget(node: NodeId, port: number | undefined, life: number): void
  /** A fault's id must not be armed already. Rejects when it is. */
  arm(fault: ArmedFault): Promise<void>
  /** What waits because of the fault goes on its way. Resolves to false when no such fault is armed. */
  lift(fault: FaultId): Promise<boolean>
  /** Lets one message through a hold's gate, or all of them in their order; resolves to how many. */
  release(fault: FaultId, message?: MessageId): Promise<number>
  setTimeScale(scale: number): void
  /** Of a run that goes on where another was: time goes on, and what was on its way. */
  begin(onset: Onset): void
  /** Appends to the feed, after everything that was asked for before. */
  event(event: Unnumbered): void
  /** Resolves when all that came before is handed to the recorder and acknowledged by it. */
  flush(): Promise<void>
  /** Closes every port, hands the rest of the feed over and ends the thread. Resolves when it has ended. */
  close(): Promise<void>
}

export interface StartProxyOptions extends ProxySettings, ProxyListeners {
  /** Carries `FeedBatch` away and `FeedAck` back (protocols/wire/feed.ts). Changes hands. */
  readonly recorder: MessagePort
}

/** A word that wants an answer, before it has its number. */
type Asking = ToProxy extends infer W ? (W extends { readonly call: number } ? Omit<W, 'call'> : never) : never
type Answer = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }

/** A thread that waits to be told between whom it stands. */
export function startProxyThread(): Worker {
  return startThread('proxy')
}

/** Opens the ports, in a thread that waits. Rejects with the reason when one cannot be opened. */
export function startProxy(options: StartProxyOptions, worker = startProxyThread()): Promise<ProxyThread> {
  const { recorder, onTapClosed, onTrouble, onFailure, ...settings } = options
  const { past } = settings
  worker.postMessage({ settings, recorder } satisfies ProxyBeginning, [recorder, ...(past ? [past.flights.frames.buffer] : [])])
  const answers = new Map<number, Answer>()
  let calls = 0
  let isClosing = false
  let failure: Error | undefined

  const tell = (word: ToProxy): void => worker.postMessage(word)
  const ask = <T>(asking: Asking): Promise<T> => {
    if (failure) return Promise.reject(failure)
    calls += 1
    const call = calls
    return new Promise<T>((resolve, reject) => {
      answers.set(call, { resolve, reject })
      tell({ ...asking, call } as ToProxy)
    })
  }
  const answered = (call: number): Answer | undefined => {
    const answer = answers.get(call)
    answers.delete(call)
    return answer
  }
  const ended = new Promise<void>((done) => worker.once('exit', () => done()))

  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      if (failure || isClosing) return
      failure = error
      for (const answer of answers.values()) answer.reject(error)
      answers.clear()
      reject(error)
      onFailure?.(error)
    }
    worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', (code) => fail(new Error(`the proxy's thread ended by itself, with code ${code}`)))
    worker.on('message', (word: FromProxy) => {
      switch (word.kind) {
        case 'listening':
          return resolve(handle(word.ports))
        case 'cannotListen':
          isClosing = true
          reject(new Error(word.message))
          worker.terminate().catch(() => {})
          return
        case 'done':
          return answered(word.call)?.resolve(word.value as never)
        case 'failed':
          return answered(word.call)?.reject(new Error(word.message))
        case 'tapClosed':
          return onTapClosed?.(word.endpoint, word.life)
        case 'trouble':
          return onTrouble?.(word.text)
        default:
          return word satisfies never
      }
    })
  })

  function handle(ports: ProxyPorts): ProxyThread {
    return {
      ports,
      setTarget: (node, port, life) => tell({ do: 'setTarget', node, port, life }),
      arm: (fault) => ask({ do: 'arm', fault }),
      lift: (fault) => ask({ do: 'lift', fault }),
      release: (fault, message) => ask({ do: 'release', fault, message }),
      setTimeScale: (scale) => tell({ do: 'setTimeScale', scale }),
      begin: (onset) => tell({ do: 'begin', onset }),
      event: (event) => tell({ do: 'event', event }),
      flush: () => ask({ do: 'flush' }),
      async close() {
        if (isClosing || failure) return ended
        const closed = ask<void>({ do: 'close' })
        isClosing = true
        await Promise.race([closed, ended])
        await ended
      },
    }
  }
}
