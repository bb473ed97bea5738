/** A picture is well-formed XML whatever is written in it, holds what was drawn where it was drawn, and says what it is of. */
import { DOMParser } from '@xmldom/xmldom'
import { describe, expect, test } from 'vitest'
import type { Pen } from '../../../../renderer/model/picture/pen.ts'
import { layOut, type Picture, svgOf } from '../../../../renderer/model/picture/sheet.ts'
import { SvgPen } from '../../../../renderer/model/picture/svgPen.ts'

interface Found {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  /** What it stands in: the clip of a group, or the element's name. */
  readonly within: string | undefined
}

/** All elements, in order, of a text that must be well-formed XML. */
function elements(xml: string): Found[] {
  const errorHandler = (_level: string, message: string) => {
    throw new Error(message)
  }
  const page = new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml')
  return Array.from(page.getElementsByTagName('*')).map((one) => {
    const up = one.parentNode as Element
    return {
      name: one.tagName,
      attributes: Object.fromEntries(Array.from(one.attributes).map(({ name, value }) => [name, value])),
      text: one.textContent ?? '',
      within: up.nodeType === 1 ? up.getAttribute('clip-path') || up.tagName : undefined,
    }
  })
}

const measure = (text: string): number => text.length * 6
function drawn(draw: (pen: Pen) => void): Found[] {
  const pen = new SvgPen(measure)
  draw(pen)
  return elements(`<svg>${pen.body()}</svg>`).slice(1)
}

const picture = (over: Partial<Picture> = {}): Picture => ({
  ...{ what: 'Topology', range: 'at +1.000 s', describe: 'Five nodes', width: 400, height: 200, draw: () => undefined },
  ...over,
})
const paper = { color: (token: string) => (token === 'surface' ? 'rgb(255, 255, 255)' : `rgb(1, 2, ${token.length})`), ratio: 1 }
const caption = { run: 'A run', details: 'raft, 5 nodes' }

describe('the pen', () => {
  test('puts shapes where translation and turning put them', () => {
    const [rect, line, text] = drawn((pen) => {
      pen.translate(100, 50)
      pen.fillStyle = 'rgb(1, 2, 3)'
      pen.fillRect(10, 5, 20, -4)
      pen.rotate(Math.PI / 2)
      pen.beginPath()
      pen.moveTo(10, 0)
      pen.lineTo(20, 0)
      pen.stroke()
      pen.font = '600 12px "Inter Variable", sans-serif'
      pen.fillText('up', 5, 0)
    })
    expect(rect?.attributes).toMatchObject({ x: '110', y: '51', width: '20', height: '4', fill: 'rgb(1, 2, 3)' })
    expect(line?.attributes).toMatchObject({ d: 'M100 60L100 70', stroke: '#000', fill: 'none' })
    expect(text?.attributes).toMatchObject({ transform: 'translate(100 55) rotate(90)', 'font-size': '12', 'font-weight': '600' })
    expect(text?.attributes['font-family']).toBe(`'Inter Variable', Inter, sans-serif`)
  })

  test('draws whole circles, which SVG has no single arc for, and parts of them either way', () => {
    const paths = drawn((pen) => {
      for (const [to, back] of [
        [2 * Math.PI, false],
        [Math.PI / 2, false],
        [Math.PI / 2, true],
      ] as const) {
        pen.beginPath()
        pen.arc(0, 0, 10, 0, to, back)
        pen.stroke()
      }
    }).map(({ attributes }) => attributes.d)
    expect(paths).toEqual([
      'M10 0A10 10 0 0 1 -10 0A10 10 0 0 1 10 0Z',
      'M10 0A10 10 0 0 1 7.07 7.07A10 10 0 0 1 0 10',
      'M10 0A10 10 0 0 0 -7.07 -7.07A10 10 0 0 0 0 10',
    ])
  })

  test('keeps and gives back what save and restore keep, clips within clips included', () => {
    const all = drawn((pen) => {
      const clipTo = (width: number) => {
        pen.beginPath()
        pen.rect(0, 0, width, 10)
        pen.clip()
      }
      pen.save()
      clipTo(100)
      pen.fillRect(0, 0, 1, 1)
      pen.save()
      clipTo(50)
      pen.globalAlpha = 0.5
      pen.fillRect(0, 0, 2, 2)
      pen.restore()
      pen.fillRect(0, 0, 3, 3)
      pen.restore()
      pen.fillRect(0, 0, 4, 4)
    })
    const rects = all.filter(({ name }) => name === 'rect')
    expect(rects.map(({ within }) => within)).toEqual(['url(#clip1)', 'url(#clip2)', 'url(#clip1)', 'svg'])
    expect(rects.map(({ attributes }) => attributes['fill-opacity'])).toEqual([undefined, '0.5', undefined, undefined])
    expect(all.find(({ attributes }) => attributes.id === 'clip2')?.attributes['clip-path']).toBe('url(#clip1)')
  })

  test('takes colour and opacity apart', () => {
    const [one] = drawn((pen) => {
      pen.fillStyle = 'rgba(10, 20, 30, 0.500)'
      pen.globalAlpha = 0.5
      pen.fillRect(0, 0, 1, 1)
    })
    expect(one?.attributes).toMatchObject({ fill: 'rgb(10, 20, 30)', 'fill-opacity': '0.25' })
  })

  test('refuses what a picture cannot hold, saying so', () => {
    const pen = new SvgPen(measure)
    expect(() => pen.scale(1, 2)).toThrow('scaled evenly')
    expect(() => pen.fillRect(Number.NaN, 0, 1, 1)).toThrow('no place for NaN')
    pen.font = 'larger serif'
    expect(() => pen.fillText('x', 0, 0)).toThrow('font "larger serif"')
  })
})

test('whatever is written in it, a picture is well-formed, and reads as it was written', () => {
  const wild = `a < b & "c" > 'd' \u{0}\u{8} ]]> é 日本 🎉`
  const svg = svgOf(
    picture({
      ...{ what: wild, describe: wild, legend: [{ mark: 'dot', token: 'accent', text: wild }] },
      draw: (pen) => {
        pen.font = '400 11px serif'
        pen.fillText(wild, 10, 10)
      },
    }),
    paper,
    { run: wild, details: wild },
    measure,
  )
  const read = wild.replace('\u{0}\u{8}', '□□')
  const texts = elements(svg).filter(({ name }) => name === 'text' || name === 'desc')
  expect(texts.map(({ text }) => text)).toEqual([read, read, `${read} at +1.000 s`, `${read}  ·  ${read}`, read])
})

test('below the diagram stands what it is, of which run, and what its marks mean', () => {
  const legend = Array.from({ length: 12 }, (_, i) => ({ mark: 'line', token: 'accent', text: `meaning ${i}` }) as const)
  const svg = svgOf(picture({ legend, draw: (pen) => pen.fillRect(0, 0, 400, 200) }), paper, caption, measure)
  const all = elements(svg)
  const [root] = all
  const of = (name: string) => all.filter((one) => one.name === name)
  expect(of('title').map(({ text }) => text)).toEqual(['Topology at +1.000 s: A run'])
  expect(of('desc').map(({ text }) => text)).toEqual(['Five nodes'])
  expect(root?.attributes['aria-labelledby']).toBe('title desc')
  // The ground comes first, below everything, and covers the whole.
  expect(of('rect')[0]?.attributes).toEqual({ width: root?.attributes.width, height: root?.attributes.height, fill: 'rgb(255, 255, 255)' })
  const texts = of('text')
  expect(texts.map(({ text }) => text)).toEqual(['Topology at +1.000 s', 'A run  ·  raft, 5 nodes', ...legend.map(({ text }) => text)])
  for (const { attributes, text } of texts) {
    expect(Number(attributes.y)).toBeGreaterThan(200)
    expect(Number(attributes.y)).toBeLessThan(Number(root?.attributes.height))
    expect(Number(attributes.x) + measure(text)).toBeLessThan(Number(root?.attributes.width))
  }
  // No two entries of the legend lie on each other.
  expect(new Set(layOut(picture({ legend }), measure).legend.map(({ x, y }) => `${x} ${y}`)).size).toBe(legend.length)
})
