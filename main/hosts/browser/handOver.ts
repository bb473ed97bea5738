/** Files that go over HTTP: handed in by a page for an import, handed out once after an export. */
import fs from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { LabFiles } from '../../labApi.ts'
import { sendText } from './files.ts'

const PLACE = /^\/files(?:\/([0-9a-f-]{36}))?$/

/** Whether it was a request for files, which then has its answer. Whoever asks is known already. */
export async function answerFiles(files: LabFiles, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const [urlPath = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const place = PLACE.exec(urlPath)
  if (!place) return false
  const [, ticket] = place
  if (request.method === 'POST' && ticket === undefined) await take(files, new URLSearchParams(query).get('name'), request, response)
  else if (request.method === 'GET' && ticket !== undefined) await give(files, ticket, response)
  else sendText(response, 405, 'Files are handed in by POST and out by GET.')
  return true
}

async function take(files: LabFiles, name: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!name || name.length > 300) return sendText(response, 400, 'A file that is handed in has a name.')
  const { ticket, file } = files.handIn(name)
  try {
    await pipeline(request, fs.createWriteStream(file, { mode: 0o600 }))
    sendText(response, 200, ticket)
  } catch (error) {
    files.drop(ticket)
    const { code, message } = error as NodeJS.ErrnoException
    if (!response.destroyed) sendText(response, 500, code === 'ENOSPC' ? 'The disk of the lab is full.' : message)
  }
}

async function give(files: LabFiles, ticket: string, response: ServerResponse): Promise<void> {
  const known = files.handOut(ticket)
  if (!known) return sendText(response, 404, 'This file is not there any more: export it again.')
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': fs.statSync(known.file).size,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(known.name).replaceAll("'", '%27')}`,
    'Cache-Control': 'no-store',
  })
  try {
    await pipeline(fs.createReadStream(known.file), response)
  } finally {
    files.drop(ticket)
  }
}
