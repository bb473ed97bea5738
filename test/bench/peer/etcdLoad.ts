/**
 * A closed-loop load on etcd: puts of one value size over one HTTP/2 connection, `outstanding` at a time, for a while.
 * gRPC's framing written by hand, so that the client costs little: a unary call is one length-prefixed protobuf each way.
 * A program of its own: `etcdLoad.ts PORT OUTSTANDING MILLISECONDS VALUE_BYTES` prints one JSON line.
 */
import http2 from 'node:http2'
import { percentile } from '../figures.ts'

const [port, outstanding, milliseconds, valueBytes] = process.argv.slice(2).map(Number) as [number, number, number, number]
const session = http2.connect(`http://127.0.0.1:${port}`)
const headers = {
  ':method': 'POST',
  ':path': '/etcdserverpb.KV/Put',
  'content-type': 'application/grpc',
  te: 'trailers',
}

function putCall(key: string): Buffer {
  const name = Buffer.from(key)
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name, Buffer.from([0x12, valueBytes]), Buffer.alloc(valueBytes, 'v')])
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

const calls = Array.from({ length: 1000 }, (_, index) => putCall(`key-${index}`))
const latenciesMs: number[] = []
let failed = 0
let serial = 0
const warmUntil = performance.now() + 500
const until = warmUntil + milliseconds

function put(done: () => void): void {
  const begun = performance.now()
  const stream = session.request(headers)
  let status: string | undefined
  stream.on('trailers', (trailers) => {
    status = String(trailers['grpc-status'])
  })
  stream.on('error', () => {
    failed += 1
  })
  stream.on('close', () => {
    if (status !== '0') failed += 1
    else if (begun >= warmUntil) latenciesMs.push(performance.now() - begun)
    done()
  })
  stream.resume()
  stream.end(calls[serial++ % calls.length])
}

let open = outstanding
function again(): void {
  if (performance.now() < until) put(again)
  else if (--open === 0) finish()
}

function finish(): void {
  session.close()
  latenciesMs.sort((a, b) => a - b)
  const perSecond = latenciesMs.length / (milliseconds / 1000)
  process.stdout.write(
    `${JSON.stringify({ perSecond, p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99), failed })}\n`,
  )
}

for (let i = 0; i < outstanding; i++) put(again)
