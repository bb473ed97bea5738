/** A run file with another past: one byte of one recorded message changed, checksum and all. */
import fs from 'node:fs'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { pressed, unpressed } from '../../../main/recorder/pressing.ts'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'

/** Changes the last digit of the term in the body of a message, in a copy of the file. `events`: all of the run. Returns the copy. */
export function forgeTerm(original: string, events: readonly RunEvent[], { seq, body }: SendEvent): string {
  const copy = `${original}-${seq}.synod`
  fs.copyFileSync(original, copy)
  const db = new Database(copy)
  const row = db.prepare('SELECT first_seq AS first, bytes FROM chunk WHERE first_seq <= ? AND last_seq >= ?').get(seq, seq)
  const { first, bytes: stored } = row as { first: number; bytes: Buffer }
  const bytes = Buffer.from(unpressed(stored))
  const text = JSON.stringify(body)
  // Equal bodies may stand before it in the chunk.
  let at = bytes.indexOf(text)
  for (const event of events) {
    if (event.kind === 'send' && event.seq >= first && event.seq < seq && JSON.stringify(event.body) === text)
      at = bytes.indexOf(text, at + 1)
  }
  const [found] = /"term":\d+/.exec(text) ?? []
  if (at < 0 || found === undefined) throw new Error(`event ${seq} has no term to change`)
  const digit = at + text.indexOf(found) + found.length - 1
  bytes[digit] = bytes[digit] === 0x39 ? 0x38 : (bytes[digit] as number) + 1
  const forged = pressed(bytes)
  db.prepare('UPDATE chunk SET bytes = ?, crc = ? WHERE first_seq = ?').run(forged, crc32(forged), first)
  db.close()
  return copy
}
