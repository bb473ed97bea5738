import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fitted, readWindowState, usual, writeWindowState } from '../../../main/hosts/electron/windowState.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1080 }
const second = { x: 1920, y: 0, width: 1280, height: 1024 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'synod-window-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what was written is read again', () => {
  const file = path.join(folder, 'a', 'window.json')
  const state = { x: 100, y: 50, width: 1300, height: 800, maximized: true }
  writeWindowState(file, state)
  expect(readWindowState(file, [screen])).toEqual(state)
  expect(readdirSync(path.dirname(file))).toEqual(['window.json'])
})

test.each([
  ['missing', undefined],
  ['no JSON', '{ "width": 1'],
  ['of another shape', '{ "width": "wide", "height": 1, "maximized": false }'],
])('a file that is %s gives the usual window', (_, text) => {
  const file = path.join(folder, 'window.json')
  if (text !== undefined) writeFileSync(file, text)
  expect(readWindowState(file, [screen])).toEqual(usual)
})

test.each([
  [
    'on the second screen',
    { x: 2000, y: 10, width: 1000, height: 700, maximized: false },
    [screen, second],
    { x: 2000, y: 10, width: 1000, height: 700 },
  ],
  [
    'on a screen that is gone: the middle',
    { x: 2000, y: 10, width: 1000, height: 700, maximized: false },
    [screen],
    { width: 1000, height: 700 },
  ],
  [
    'with its title bar above the screen: the middle',
    { x: 10, y: -50, width: 1000, height: 700, maximized: false },
    [screen],
    { width: 1000, height: 700 },
  ],
  [
    'larger than the screen',
    { x: 0, y: 0, width: 5000, height: 3000, maximized: false },
    [screen],
    { x: 0, y: 0, width: 1920, height: 1080 },
  ],
  ['too small to use', { x: 0, y: 0, width: 100, height: 100, maximized: false }, [screen], { x: 0, y: 0, width: 960, height: 600 }],
  ['never placed', { width: 1000, height: 700, maximized: true }, [screen], { width: 1000, height: 700, maximized: true }],
])('a window %s', (_, state, screens, want) => {
  expect(fitted(state, screens)).toEqual({ maximized: false, ...want })
})
