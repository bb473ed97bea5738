/**
 * A data folder belongs to one process at a time. The lock is a local socket named after the folder: the system lets it
 * go when its holder ends, however it ends, so no stale lock outlives a kill -9 and no process id is mistaken for another.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { diskFailure, ExitCode, FatalError } from './fatal.ts'

/** Takes the folder, created when missing. Resolves to how to let it go. Rejects with a FatalError when another process has it. */
export async function lockFolder(folder: string): Promise<() => void> {
  const address = addressOf(realFolder(folder))
  let server = await listen(address)
  if (!server && !(await isAnswered(address))) {
    removeStale(address)
    server = await listen(address)
  }
  if (!server) {
    throw new FatalError(ExitCode.locked, `Another process uses the folder ${folder}.`, 'End that process, or choose another data folder.')
  }
  server.unref()
  return () => void server.close()
}

function realFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
    return realpathSync(folder)
  } catch (error) {
    throw diskFailure('create', folder, error)
  }
}

/** Linux and Windows have names that vanish with their holder; elsewhere a socket file may be left behind. */
function addressOf(folder: string): string {
  const name = `synod-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return path.join(os.tmpdir(), `${name}.sock`)
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(address, () => resolve(server))
  })
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function removeStale(address: string): void {
  if (process.platform !== 'linux' && process.platform !== 'win32') unlinkSync(address)
}
