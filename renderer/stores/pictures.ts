/**
 * Every diagram as a picture, SVG or PNG. A panel that has one says so where it is set up:
 *
 *     usePicture('spacetime', 'Space-time', () => canBeSeen ? { what, range, describe, width, height, legend, draw(pen, paper) { ... } } : undefined)
 *
 * `draw` is best the very function that paints the panel's canvas: let it take a `Pen` (model/picture/pen.ts), which a canvas' 2D
 * context is, and colours from `paper.color`. Then the menu in the panel's header (views/GroupActions.vue) and two commands of the
 * palette export it; nothing else is needed. What is no dock panel puts `<PictureMenu of="..." />` where it belongs.
 */
import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef } from 'vue'
import { type Caption, type Picture, pngOf, svgOf } from '../model/picture/sheet.ts'
import { useCommands } from './commands.ts'
import { fileName } from './exchange.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'
import { useTheme } from './theme.ts'

export type PictureFormat = 'svg' | 'png'
/** Undefined: there is nothing to be seen now. */
export type PictureSource = () => Picture | undefined

export const usePictures = defineStore('pictures', () => {
  const run = useRun()
  const theme = useTheme()
  const notices = useNotices()

  const sources = shallowRef<ReadonlyMap<string, PictureSource>>(new Map())
  /** Paper is light, whatever the window is, unless the person wants it dark. */
  const onDark = shallowRef(false)

  function offer(of: string, source: PictureSource): () => void {
    sources.value = new Map(sources.value).set(of, source)
    return () => {
      if (sources.value.get(of) === source) sources.value = new Map([...sources.value].filter(([name]) => name !== of))
    }
  }

  const has = (of: string | undefined): boolean => of !== undefined && sources.value.has(of)

  async function save(of: string, format: PictureFormat): Promise<void> {
    const picture = sources.value.get(of)?.()
    if (!picture) return notices.tell('There is nothing to be seen there yet.')
    await notices.attempt(async () => {
      const blob = await blobOf(picture, format)
      const name = `${run.summary ? fileName(run.summary) : 'run'}-${of}.${format}`
      download(blob, name)
      notices.tell(`Exported ${name}`)
    })
  }

  async function blobOf(picture: Picture, format: PictureFormat): Promise<Blob> {
    const color = theme.colorsOf(onDark.value ? 'dark' : 'light')
    await document.fonts?.ready // or texts would be measured in another font
    if (format === 'png') return await pngOf(picture, color, caption(), measure)
    return new Blob([svgOf(picture, { color, ratio: 1 }, caption(), measure)], { type: 'image/svg+xml' })
  }

  function caption(): Caption {
    const { config } = run
    const details = config ? [config.protocol, `${run.nodes.length} nodes`, `seed ${config.seed}`, 'Synod'] : ['Synod']
    return { run: run.summary?.name ?? '', details: details.join(', ') }
  }

  return { sources, onDark, offer, has, save, blobOf }
})

/** Offers a panel's picture as long as the component is there. `title` is how the commands call it. */
export function usePicture(of: string, title: string, source: PictureSource): void {
  const pictures = usePictures()
  const commands = useCommands()
  const run = useRun()
  onScopeDispose(pictures.offer(of, source))
  commands.register(
    (['svg', 'png'] as const).map((format) => ({
      id: `picture.${of}.${format}`,
      title: `Export picture: ${title} as ${format.toUpperCase()}`,
      group: 'View' as const,
      enabled: () => run.isOpen,
      run: () => pictures.save(of, format),
    })),
  )
}

let pen: OffscreenCanvasRenderingContext2D | null | undefined

function measure(text: string, font: string): number {
  pen ??= new OffscreenCanvas(1, 1).getContext('2d')
  if (!pen) return text.length * 6
  pen.font = font
  return pen.measureText(text).width
}

/** The desktop window asks where to; a browser puts it where it puts downloads. */
function download(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // when it has surely been read
}
