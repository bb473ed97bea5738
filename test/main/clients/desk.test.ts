/** When the clients' requests leave: together, but not so many together that the nodes stand idle meanwhile. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { SocketDesk } from '../../../main/clients/desk.ts'
import type { ClientsSettings } from '../../../main/contract/process.ts'
import type { RunClock } from '../../../main/node/clock.ts'
import { FakeClock, FakeTap, messageTypes, nodes } from '../node/fakes.ts'

afterEach(() => vi.restoreAllMocks())

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** A desk whose links stand, and what was on the tap whenever requests left. */
async function opened() {
  const servers = nodes.map(() => createServer((socket) => socket.resume().on('error', () => {})))
  for (const server of servers) server.listen(0, '127.0.0.1')
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const linkPorts = Object.fromEntries(nodes.map((id, at) => [id, portOf(servers[at] as Server)]))
  const settings = { endpoint: nodes.length, life: 1, run: 'r', secret: 's', nodes, messageTypes, linkPorts, empty: [] }
  const tap = new FakeTap()
  const greeted = Promise.all(servers.map(async (server) => once((await once(server, 'connection'))[0] as Socket, 'data')))
  const desk = new SocketDesk(settings as unknown as ClientsSettings, new FakeClock() as unknown as RunClock, tap)
  await greeted
  const recordedWhenLeft: number[] = []
  vi.spyOn(Socket.prototype, 'write').mockImplementation(() => {
    recordedWhenLeft.push(tap.others.length)
    return true
  })
  const operate = (operation: number, node: number) => {
    desk.beginEvent()
    desk.record({ is: 'invoke', operation, client: 'c1', op: 'get', opText: '"get"' })
    desk.ask({ onAnswer: () => {} }, node, { kind: 'write' } as never, '"get"')
  }
  return { operate, recordedWhenLeft, tap }
}

test('what is asked in one turn leaves at its end, in one write per node, when it is on the tap', async () => {
  const { operate, recordedWhenLeft } = await opened()
  for (let operation = 1; operation <= 20; operation++) operate(operation, operation % 2)
  expect(recordedWhenLeft).toEqual([])
  await turn()
  expect(recordedWhenLeft).toEqual([20, 20])
})

test('much does not wait for the end of its turn', async () => {
  const { operate, recordedWhenLeft } = await opened()
  for (let operation = 1; operation <= 200; operation++) operate(operation, 0)
  expect(recordedWhenLeft).toEqual([64, 128, 192])
  await turn()
  expect(recordedWhenLeft).toEqual([64, 128, 192, 200])
})

test('nothing leaves while the tap is behind, however much it is', async () => {
  const { operate, recordedWhenLeft, tap } = await opened()
  tap.isSlow = true
  for (let operation = 1; operation <= 200; operation++) operate(operation, 0)
  await turn()
  expect(recordedWhenLeft).toEqual([])
  tap.taken()
  expect(recordedWhenLeft).toEqual([200])
})
