/** Bits of SVG as text: attributes, numbers, colours, fonts. */

/** Text as it may stand in XML, between tags and in attributes; characters that XML does not allow at all are shown as a box. */
export const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{25A1}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** Attributes with a space before each; those that are undefined are left out. */
export const attributes = (of: { readonly [name: string]: string | number | undefined }): string =>
  Object.entries(of)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escaped(String(value))}"`))
    .join('')

/** A hundredth of a pixel is exact enough, and short. What is no number would make the file unreadable. */
export function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`A picture has no place for ${value}.`)
  const text = value.toFixed(2)
  return text.includes('.') ? text.replace(/\.?0+$/, '').replace(/^-0$/, '0') : text
}

/** A colour and its opacity apart, as SVG 1.1 wants them: many programs that print know no `rgba()`. */
export function paint(what: 'fill' | 'stroke', style: string | CanvasGradient | CanvasPattern, alpha: number) {
  if (typeof style !== 'string') throw new Error('A picture has no gradients or patterns.')
  const [, r, g, b, a = '1'] = /^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)(?:[,\s/]+([\d.]+))?\s*\)$/.exec(style) ?? []
  const opacity = alpha * Number(a)
  return {
    [what]: r === undefined ? style : `rgb(${r}, ${g}, ${b})`,
    [`${what}-opacity`]: opacity >= 1 ? undefined : number(opacity),
  }
}

/** A canvas font taken apart: `500 11px "Inter Variable", sans-serif`. Where the lab's own fonts are not installed, their static kin or others step in. */
export function fontOf(font: string) {
  const [, style, weight, size, family] = /^(?:(italic)\s+)?(?:(\d+|bold)\s+)?([\d.]+)px\s+(.+)$/.exec(font) ?? []
  if (size === undefined || family === undefined) throw new Error(`A picture does not understand the font "${font}".`)
  return {
    sizePx: Number(size),
    family: family
      .replace(/"Inter Variable"/, `'Inter Variable', Inter`)
      .replace(/"JetBrains Mono Variable"/, `'JetBrains Mono Variable', 'JetBrains Mono'`)
      .replaceAll('"', "'"),
    weight: weight === '400' ? undefined : weight,
    style,
  }
}
