/**
 * A folder that stands where Electron's distribution would, so that everything else of packaging runs for real. It is
 * no Electron: its executable says so and ends. It proves what is packed, not that the packed application starts.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What marks the fuses in Electron's executable: the sentinel, a version, how many, and their states. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSES = 8

export function writeElectronStub(folder: string, version: string): void {
  mkdirSync(path.join(folder, 'resources'), { recursive: true })
  mkdirSync(path.join(folder, 'locales'))
  writeFileSync(path.join(folder, 'locales', 'en-US.pak'), '')
  writeFileSync(path.join(folder, 'LICENSE'), 'a stub')
  writeFileSync(path.join(folder, 'version'), version)
  const executable = path.join(folder, 'electron')
  const script = '#!/bin/sh\necho "a stub, not Electron" >&2\nexit 70\n'
  const fuses = Buffer.from([1, FUSES, ...'01010111'.split('').map((state) => state.charCodeAt(0))])
  writeFileSync(executable, Buffer.concat([Buffer.from(script), Buffer.from(SENTINEL), fuses]))
  chmodSync(executable, 0o755)
}
