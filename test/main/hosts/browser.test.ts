/** The web host: whom it lets in, what it hands out, and that nothing a browser can send ends it. */
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { FromLab } from '../../../main/contract/client.ts'
import { LabError } from '../../../main/contract/errors.ts'
import { startWebHost, type WebHost } from '../../../main/hosts/browser/host.ts'
import { type FakeLab, fakeLab } from './fakeLab.ts'

let folder: string
let lab: FakeLab
let host: WebHost

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-web-'))
  fs.mkdirSync(path.join(folder, 'renderer/assets'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'renderer/index.html'), '<!doctype html><title>Synod</title>')
  fs.writeFileSync(path.join(folder, 'renderer/assets/a-1.js'), 'export {}')
  fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret')
  fs.symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'renderer/link.txt'))
  lab = fakeLab()
  host = await startWebHost({ lab, port: 0, rendererFolder: path.join(folder, 'renderer') })
})

afterEach(async () => {
  await host.close()
  fs.rmSync(folder, { recursive: true })
})

/** A request as it is written on the wire: fetch would tidy paths and forbid a false Host. */
function raw(request: string, port = host.port): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request))
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

const cookie = () => `synod_${host.port}=${host.token}`
const get = (target: string, headers: Record<string, string> = {}) =>
  raw(
    `GET ${target} HTTP/1.1\r\n${Object.entries({ Host: `127.0.0.1:${host.port}`, Connection: 'close', ...headers })
      .map(([name, value]) => `${name}: ${value}`)
      .join('\r\n')}\r\n\r\n`,
  )
const status = (answer: string) => Number(answer.split(' ')[1])

test('the printed address lets a browser in once and for all, and keeps the token out of its history', async () => {
  const entry = await get(host.url.slice(host.url.indexOf('/?')))
  expect(status(entry)).toBe(303)
  expect(entry).toMatch(/\r\nLocation: \/\r\n/i)
  expect(entry).toContain(`Set-Cookie: ${cookie()}; Path=/; HttpOnly; SameSite=Strict`)
  const page = await get('/', { Cookie: cookie() })
  expect(status(page)).toBe(200)
  expect(page).toContain('<title>Synod</title>')
})

test('files come with their type and a strict policy', async () => {
  const page = await get('/', { Cookie: cookie() })
  expect(page).toMatch(/Content-Type: text\/html; charset=utf-8/i)
  expect(page).toMatch(/X-Content-Type-Options: nosniff/i)
  const policy = /Content-Security-Policy: (.*)\r\n/i.exec(page)?.[1] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  const script = await get('/assets/a-1.js', { Cookie: cookie() })
  expect(script).toMatch(/Content-Type: text\/javascript/i)
  expect(script).toMatch(/immutable/)
  expect(status(await raw(`HEAD / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nCookie: ${cookie()}\r\nConnection: close\r\n\r\n`))).toBe(200)
})

test.each(['/', '/?token=wrong', '/assets/a-1.js', '/?token='])('without the token %s is not for you', async (target) => {
  const answer = await get(target)
  expect(status(answer)).toBe(401)
  expect(answer).not.toContain('<title>')
  expect(status(await get(target, { Cookie: `synod_${host.port}=wrong` }))).toBe(401)
})

test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1'])('a page that calls us %s is not ours', async (name) => {
  expect(status(await get('/', { Host: name, Cookie: cookie() }))).toBe(403)
})

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/..%5csecret.txt',
  '/link.txt',
  '/assets',
  '/%00',
  '/%ff%',
  '//etc/passwd',
  '/nothing.js',
])('%s is not there', async (target) => {
  const answer = await get(target, { Cookie: cookie() })
  expect(status(answer)).toBe(404)
  expect(answer).not.toContain('secret')
})

test('only GET and HEAD are answered', async () => {
  expect(
    status(
      await raw(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nCookie: ${cookie()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
    ),
  ).toBe(405)
})

test('bytes that are no HTTP end their own connection only', async () => {
  await raw('\x16\x03\x01 hello\r\n\r\n')
  expect(status(await get('/', { Cookie: cookie() }))).toBe(200)
})

function connect(
  options: { origin?: string; cookie?: string; protocols?: string[]; host?: string; path?: string } = {},
): Promise<WebSocket> {
  const headers = {
    ...(options.cookie === undefined ? {} : { Cookie: options.cookie }),
    ...(options.host === undefined ? {} : { Host: options.host }),
  }
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${options.path ?? '/api'}`, options.protocols ?? [], {
    headers,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  })
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
  })
}

function next(socket: WebSocket): Promise<FromLab> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)) as FromLab)))
}

async function ask(socket: WebSocket, message: unknown): Promise<FromLab> {
  const answer = next(socket)
  socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message))
  return await answer
}

test('the API is open to our own page, and to a program that offers the token', async () => {
  const page = await connect({ cookie: cookie(), origin: `http://127.0.0.1:${host.port}` })
  expect(await ask(page, { id: 1, command: 'runs.list', request: {} })).toEqual({ id: 1, ok: true, response: { echo: 'runs.list' } })
  const program = await connect({ protocols: ['synod', `synod.token.${host.token}`] })
  expect(program.protocol).toBe('synod') // the token is not said back
  expect(await ask(program, { id: 7, command: 'lab.info' })).toEqual({ id: 7, ok: true, response: { echo: 'lab.info' } })
})

test('the API is closed to other pages, other hosts, and whoever does not know the token', async () => {
  const ours = { cookie: cookie() }
  await expect(connect({ ...ours, origin: 'http://evil.example' })).rejects.toThrow('403')
  await expect(connect({ ...ours, origin: `https://127.0.0.1:${host.port}` })).rejects.toThrow('403')
  await expect(connect({ ...ours, origin: 'null' })).rejects.toThrow('403')
  await expect(connect({ ...ours, host: 'evil.example' })).rejects.toThrow('403')
  await expect(connect({})).rejects.toThrow('401')
  await expect(connect({ cookie: `synod_${host.port}=x` })).rejects.toThrow('401')
  await expect(connect({ protocols: ['synod', 'synod.token.x'] })).rejects.toThrow('401')
  await expect(connect({ ...ours, path: '/other' })).rejects.toThrow('404')
  expect(lab.calls).toEqual([])
})

test('a failure of the lab is an answer, and so is a bug', async () => {
  const socket = await connect({ cookie: cookie() })
  expect(await ask(socket, { id: 1, command: 'fail', request: {} })).toEqual({
    id: 1,
    ok: false,
    failure: { code: 'node-down', message: 'n1 is down.', hint: 'Restart it.' },
  })
  expect(await ask(socket, { id: 2, command: 'break', request: {} })).toMatchObject({ id: 2, ok: false, failure: { code: 'internal' } })
})

test('messages that are no calls are answered as such', async () => {
  const socket = await connect({ cookie: cookie() })
  const bad: [unknown, number][] = [
    ['{', -1],
    ['null', -1],
    ['[1]', -1],
    [JSON.stringify({ id: 'x', command: 'a' }), -1],
    [JSON.stringify({ id: 4, command: 5 }), 4],
    [new Uint8Array([1, 2, 3]), -1],
  ]
  for (const [message, id] of bad) {
    expect(await ask(socket, message)).toMatchObject({ id, ok: false, failure: { code: 'bad-request' } })
  }
  expect(await ask(socket, { id: 9, command: 'lab.info', request: {} })).toMatchObject({ id: 9, ok: true })
})

test('a message that is too large ends its connection, not the host', async () => {
  const socket = await connect({ cookie: cookie() })
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  socket.on('error', () => undefined)
  socket.send('x'.repeat(5 * 1024 * 1024))
  expect(await closed).toBe(1009)
  const another = await connect({ cookie: cookie() })
  expect(await ask(another, { id: 1, command: 'lab.info', request: {} })).toMatchObject({ ok: true })
})

test('changes reach whoever is connected; a closed connection is let go', async () => {
  const socket = await connect({ cookie: cookie() })
  const change = next(socket)
  lab.publish({ kind: 'runs', runs: [] })
  expect(await change).toEqual({ change: { kind: 'runs', runs: [] } })
  expect(lab.listeners.size).toBe(1)
  const gone = new Promise<void>((resolve) => {
    const { delete: original } = lab.listeners
    lab.listeners.delete = (listener) => {
      const had = original.call(lab.listeners, listener)
      resolve()
      return had
    }
  })
  socket.close()
  await gone
  expect(lab.listeners.size).toBe(0)
})

test('a browser that does not read is said to be behind', async () => {
  const socket = await connect({ cookie: cookie() })
  socket.pause()
  const [listener] = [...lab.listeners]
  const text = 'x'.repeat(100_000)
  let sent = 0
  // bounded: far more than any system buffers for a loopback socket
  while (listener?.ready?.() && sent < 2000) {
    listener.change({ kind: 'trouble', failure: { code: 'internal', message: text } })
    sent++
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(sent).toBeLessThan(2000)
  socket.terminate()
})

test('a port in use is said, with what to do', async () => {
  const second = startWebHost({ lab, port: host.port, rendererFolder: folder })
  await expect(second).rejects.toBeInstanceOf(LabError)
  await expect(second).rejects.toMatchObject({
    code: 'port',
    message: `Port ${host.port} on 127.0.0.1 is in use.`,
    hint: expect.stringContaining('0'),
  })
})
