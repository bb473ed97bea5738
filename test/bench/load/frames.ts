/**
 * The load for the proxy's benchmark, in a process of its own: receivers that count or answer, and senders that flood or
 * ask. It knows nothing of proxies: it is told ports and bytes, so that all paths get the very same load.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type ToLoad =
  /** Opens `count` receivers. `answer`: for every so many bytes, after `skip`, these (base64) are written back. */
  | {
      readonly do: 'listen'
      readonly count: number
      readonly answer?: { readonly every: number; readonly skip: number; readonly with: string }
    }
  /** One connection per sender: its opening once, then `burst` again and again; the rate is of bytes at the receivers. */
  | { readonly do: 'flood'; readonly senders: readonly Sender[]; readonly warmMs: number; readonly measuredMs: number }
  /** One after the other, each sent when the answer to the one before is whole. */
  | { readonly do: 'ask'; readonly sender: Sender; readonly answerBytes: number; readonly warm: number; readonly count: number }

export interface Sender {
  readonly port: number
  /** base64 */
  readonly opening: string
  readonly burst: string
}

export type FromLoad =
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  | { readonly kind: 'flooded'; readonly bytesPerSecond: number }
  /** Round trips in microseconds, in the order in which they were made. */
  | { readonly kind: 'asked'; readonly roundTripsUs: readonly number[] }

let receivedBytes = 0

async function listen(word: Extract<ToLoad, { do: 'listen' }>): Promise<FromLoad> {
  const answer = word.answer && { ...word.answer, with: Buffer.from(word.answer.with, 'base64') }
  const ports: number[] = []
  for (let index = 0; index < word.count; index++) {
    const server = createServer({ noDelay: true }, (socket) => {
      let owed = answer ? -answer.skip : 0
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        receivedBytes += chunk.length
        if (!answer) return
        owed += chunk.length
        for (; owed >= answer.every; owed -= answer.every) socket.write(answer.with)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports.push((server.address() as { port: number }).port)
  }
  return { kind: 'ports', ports }
}

async function open(sender: Sender): Promise<Socket> {
  const socket = connect({ port: sender.port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (sender.opening !== '') socket.write(Buffer.from(sender.opening, 'base64'))
  return socket
}

async function flood(word: Extract<ToLoad, { do: 'flood' }>): Promise<FromLoad> {
  const sockets: Socket[] = []
  for (const sender of word.senders) {
    const socket = await open(sender)
    const burst = Buffer.from(sender.burst, 'base64')
    const pump = () => {
      while (!socket.destroyed && socket.write(burst)) {
        // until the socket says that it is full
      }
    }
    socket.on('drain', pump)
    setImmediate(pump)
    sockets.push(socket)
  }
  await pause(word.warmMs)
  const [bytes, begun] = [receivedBytes, performance.now()]
  await pause(word.measuredMs)
  const bytesPerSecond = ((receivedBytes - bytes) / (performance.now() - begun)) * 1000
  for (const socket of sockets) socket.destroy()
  return { kind: 'flooded', bytesPerSecond }
}

async function ask(word: Extract<ToLoad, { do: 'ask' }>): Promise<FromLoad> {
  const socket = await open(word.sender)
  const request = Buffer.from(word.sender.burst, 'base64')
  const roundTripsUs: number[] = []
  let missing = word.answerBytes
  let sentAtMs = performance.now()
  await new Promise<void>((done) => {
    socket.on('data', (chunk) => {
      missing -= chunk.length
      if (missing > 0) return
      const nowMs = performance.now()
      roundTripsUs.push((nowMs - sentAtMs) * 1000)
      if (roundTripsUs.length === word.warm + word.count) return done()
      missing = word.answerBytes
      sentAtMs = nowMs
      socket.write(request)
    })
    socket.write(request)
  })
  socket.destroy()
  return { kind: 'asked', roundTripsUs: roundTripsUs.slice(word.warm) }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

process.on('message', async (word: ToLoad) => {
  const answer = word.do === 'listen' ? await listen(word) : word.do === 'flood' ? await flood(word) : await ask(word)
  process.send?.(answer)
})
process.on('disconnect', () => process.exit(0))
