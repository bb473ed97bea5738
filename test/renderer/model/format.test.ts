import { expect, test } from 'vitest'
import { cutMiddle, formatBytes, formatCount, formatCountOf, formatDuration, formatRunTime } from '../../../renderer/model/format.ts'

test.each([
  [0, '+0.000 s'],
  [12_408_000, '+12.408 s'],
  [59_999_400, '+59.999 s'],
  [125_310_000, '+2:05.310'],
  [3_725_001_000, '+1:02:05.001'],
])('a moment %i µs into a run is %s', (us, text) => {
  expect(formatRunTime(us)).toBe(text)
})

test.each([
  [180, '180 µs'],
  [12_400, '12.4 ms'],
  [3_200_000, '3.2 s'],
  [38_000_000, '38 s'],
  [250_000_000, '4 min 10 s'],
  [7_320_000_000, '2 h 2 min'],
])('a length of %i µs is %s', (us, text) => {
  expect(formatDuration(us)).toBe(text)
})

test('counts are grouped and agree in number', () => {
  expect(formatCount(12408)).toBe('12,408')
  expect(formatCountOf(1, 'event')).toBe('1 event')
  expect(formatCountOf(0, 'event')).toBe('0 events')
  expect(formatCountOf(2, 'entry', 'entries')).toBe('2 entries')
})

test.each([
  [999, '999 B'],
  [12_400, '12.4 kB'],
  [3_100_000, '3.1 MB'],
  [2_000_000_000, '2 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('long text is cut in the middle and keeps its ends', () => {
  expect(cutMiddle('short', 10)).toBe('short')
  const cut = cutMiddle('/home/ada/runs/leader-crash.synod', 15)
  expect(cut).toHaveLength(15)
  expect(cut.startsWith('/home')).toBe(true)
  expect(cut.endsWith('synod')).toBe(true)
})
