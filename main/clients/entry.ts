/** The program of the clients' process: wires its sockets, its clock and its clients together, and ends with its engine. */
import process from 'node:process'
import { findService } from '../../protocols/services/index.ts'
import { type ClientsSettings, type FromProcess, SETTINGS_VARIABLE, type ToProcess } from '../contract/process.ts'
import { RunClock } from '../node/clock.ts'
import { Clients } from './clients.ts'
import { Connections } from './connections.ts'
import { Postbox } from './postbox.ts'

const TICK_MS = 5

/** Under Electron a utility process speaks to its parent over `parentPort`. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: ToProcess }) => void): void
  postMessage(message: FromProcess): void
}
const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort

function say(message: FromProcess): void {
  if (parentPort) parentPort.postMessage(message)
  else if (process.connected) process.send?.(message)
}

const settings = JSON.parse(process.env[SETTINGS_VARIABLE] ?? 'null') as ClientsSettings | null
if (!settings) {
  process.stderr.write(`This program is started by Synod, which tells it what to do in ${SETTINGS_VARIABLE}.\n`)
  process.exit(78)
}
const service = findService(settings.service)
if (!service) {
  say({ kind: 'fatal', message: `There is no service named ${settings.service}.` })
  process.exit(78)
}

const clock = new RunClock(settings)
const nowMs = () => clock.nowMs(clock.atUs())
const connections = new Connections(settings, {
  onFrame: (header, body) => clients.hear(header, body),
  onReject: (where, why) => postbox.reject(where, why),
  onTapClosed: () => process.exit(0),
})
const postbox = new Postbox(settings, () => clock.atUs(), connections)
const clients = new Clients({ settings, service, postbox, nowMs, say })

connections.open()
setInterval(() => clients.tick(), TICK_MS)

function obey(message: ToProcess): void {
  switch (message.kind) {
    case 'timeScale':
      return clock.setScale(message.scale)
    case 'operate':
      return clients.operate(message.call, message.op)
    case 'load':
      return clients.setLoad(message.load)
    case 'stop':
      clients.end()
      // the ends of the operations leave with the next turn of the loop
      setImmediate(() => void connections.close().then(() => process.exit(0)))
      return
    case 'pause':
    case 'resume':
      return
    default:
      message satisfies never
  }
}

if (parentPort) parentPort.on('message', ({ data }) => obey(data))
else {
  process.on('message', (message) => obey(message as ToProcess))
  process.on('disconnect', () => process.exit(0))
}
// what ends the lab from a terminal must not end its processes before the lab has closed its recording
process.on('SIGINT', () => {})
say({ kind: 'ready', port: 0 })
