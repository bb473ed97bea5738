/** The proxy's thread: carries words between its port and the FrameProxy, and batches between the FrameProxy and the recorder. */
import { parentPort } from 'node:worker_threads'
import type { FeedAck, FeedBatch } from '../../protocols/wire/feed.ts'
import { FrameProxy } from './proxy.ts'
import type { FromProxy, ProxyBeginning, ToProxy } from './words.ts'

const say = (word: FromProxy): void => parentPort?.postMessage(word)

/** The first word says between whom it stands; it may be long in coming. */
parentPort?.once('message', ({ settings, recorder }: ProxyBeginning) => {
  const proxy = new FrameProxy({
    ...settings,
    feed: (batch) => recorder.postMessage({ feed: batch } satisfies FeedBatch, [batch.buffer]),
    onTapClosed: (endpoint, life) => say({ kind: 'tapClosed', endpoint, life }),
    onTrouble: (text) => say({ kind: 'trouble', text }),
  })
  recorder.on('message', (ack: FeedAck) => proxy.acked(ack))
  parentPort?.on('message', (word: ToProxy) => {
    if (!('call' in word)) return tell(proxy, word)
    const { call } = word
    ask(proxy, word).then(
      (value) => {
        say({ kind: 'done', call, value })
        if (word.do !== 'close') return
        recorder.close()
        parentPort?.close()
      },
      (error: unknown) => say({ kind: 'failed', call, message: error instanceof Error ? error.message : String(error) }),
    )
  })
  proxy.listen().then(
    (ports) => say({ kind: 'listening', ports }),
    (error: Error) => say({ kind: 'cannotListen', message: error.message }),
  )
})

function tell(proxy: FrameProxy, word: Exclude<ToProxy, { call: number }>): void {
  switch (word.do) {
    case 'setTarget':
      return proxy.setTarget(word.node, word.port, word.life)
    case 'setTimeScale':
      return proxy.setTimeScale(word.scale)
    case 'event':
      return proxy.event(word.event)
    case 'begin':
      return proxy.begin(word.onset)
    default:
      return word satisfies never
  }
}

async function ask(proxy: FrameProxy, word: Extract<ToProxy, { call: number }>): Promise<boolean | number | undefined> {
  switch (word.do) {
    case 'arm':
      proxy.arm(word.fault)
      return undefined
    case 'lift':
      return proxy.lift(word.fault)
    case 'release':
      return proxy.release(word.fault, word.message)
    case 'flush':
      await proxy.flush()
      return undefined
    case 'close':
      await proxy.close()
      return undefined
    default:
      return word satisfies never
  }
}
