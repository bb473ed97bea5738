/** The palette keeps what it promises: text 4.5:1 on every ground it stands on, marks 3:1 (WCAG 2.2, 1.4.3 and 1.4.11), and hues of neighbours differ for eyes that see few. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(path.join(import.meta.dirname, '../../../renderer/styles/tokens.css'), 'utf8')
const [lightText = '', darkText = ''] = css.split(':root[data-theme="dark"]')
const themes = { light: read(lightText), dark: { ...read(lightText), ...read(darkText.slice(0, darkText.indexOf('}'))) } }

/** Opaque colours by token. */
function read(text: string): Record<string, readonly [number, number, number]> {
  const found: Record<string, readonly [number, number, number]> = {}
  for (const [, token, l, c, h] of text.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g))
    found[token ?? ''] = toLinear(Number(l), Number(c), Number(h))
  return found
}

/** OKLCH to linear sRGB, clipped. Ottosson, A perceptual color space for image processing (2020). */
function toLinear(lightness: number, chroma: number, hue: number): readonly [number, number, number] {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

const luminance = ([r, g, b]: readonly [number, number, number]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

function contrast(one: readonly [number, number, number], other: readonly [number, number, number]): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

const GROUNDS = ['ground', 'surface', 'sunken', 'raised']
const TEXTS = ['text', 'text-soft', 'text-faint', 'accent', 'violation', 'fault-text']
const MARKS = ['fault', 'node-clients', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `node-${n}`)]
const FAMILIES = ['election', 'replication', 'snapshot', 'client', 'membership', 'read', 'other'].map((family) => `family-${family}`)

describe.each(Object.entries(themes))('%s', (_name, tokens) => {
  const of = (token: string) => {
    const color = tokens[token]
    if (!color) throw new Error(`no token ${token}`)
    return color
  }

  test.each(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)))('%s can be read on %s', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5)
  })

  test.each([...MARKS, ...FAMILIES].flatMap((mark) => ['surface', 'ground'].map((ground) => [mark, ground] as const)))(
    '%s is seen on %s',
    (mark, ground) => {
      expect(contrast(of(mark), of(ground))).toBeGreaterThanOrEqual(3)
    },
  )

  test.each([1, 2, 3, 4, 5, 6, 7])('what stands in a cell of group %i can be read', (group) => {
    expect(contrast(of('text'), of(`group-${group}`))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(of(`group-${group}`), of(`group-${(group % 7) + 1}`))).toBeGreaterThanOrEqual(1.15) // its neighbour, in grey too
  })

  test('what stands on the accent can be read', () => {
    expect(contrast(of('on-strong'), of('accent'))).toBeGreaterThanOrEqual(4.5)
  })

  test('green and pink, which look alike to some, differ in lightness', () => {
    expect(contrast(of('node-3'), of('node-4'))).toBeGreaterThanOrEqual(1.4)
  })
})
