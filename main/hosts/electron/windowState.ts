/** Where the window was, remembered in a small file. A file that is missing, broken or from another screen is no reason not to open. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const schema = z.object({
  x: z.number().optional(),
  y: z.number().optional(),
  width: z.number(),
  height: z.number(),
  maximized: z.boolean(),
})
export interface WindowState {
  /** Absent: in the middle of the main screen. */
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
  readonly maximized: boolean
}

export const usual: WindowState = { width: 1440, height: 900, maximized: false }
const smallest = { width: 960, height: 600 }

export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  try {
    return fitted(schema.parse(JSON.parse(readFileSync(file, 'utf8'))), screens)
  } catch {
    return usual
  }
}

/** Written whole or not at all. */
export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}

/** No larger than a screen, and with enough of its title bar on one to be taken hold of; else in the middle. */
export function fitted(state: z.output<typeof schema>, screens: readonly Rectangle[]): WindowState {
  const { x, y } = state
  const width = Math.max(smallest.width, Math.round(state.width))
  const height = Math.max(smallest.height, Math.round(state.height))
  const screen = screens.find((area) => x !== undefined && y !== undefined && isReachable({ x, y, width, height }, area))
  const limit = screen ?? screens[0]
  const size = limit ? { width: Math.min(width, limit.width), height: Math.min(height, limit.height) } : { width, height }
  return { ...size, maximized: state.maximized, ...(screen && x !== undefined && y !== undefined ? { x, y } : {}) }
}

function isReachable(window: Rectangle, screen: Rectangle): boolean {
  const across = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x)
  return across >= 120 && window.y >= screen.y && window.y <= screen.y + screen.height - 40
}
