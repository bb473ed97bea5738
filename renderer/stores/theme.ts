/** Light, dark or the system's choice; and the tokens as plain colours, for canvases that do not read custom properties. */
import { usePreferredDark, usePreferredReducedMotion } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { EndpointId } from '../../protocols/core/ids.ts'
import { nodeToken } from '../model/hues.ts'

export type ThemeChoice = 'light' | 'dark' | 'system'
const KEY = 'synod.theme'

export const useTheme = defineStore('theme', () => {
  const prefersDark = usePreferredDark()
  const motion = usePreferredReducedMotion()
  const choice = shallowRef<ThemeChoice>(readChoice())
  const dark = computed(() => (choice.value === 'system' ? prefersDark.value : choice.value === 'dark'))
  const reducedMotion = computed(() => motion.value === 'reduce')
  /** Grows when colours change. */
  const version = shallowRef(0)
  const resolved = new Map<string, string>()

  watch(
    dark,
    (isDark) => {
      document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
      resolved.clear()
      version.value++
    },
    { immediate: true, flush: 'sync' },
  )

  function choose(next: ThemeChoice): void {
    choice.value = next
    localStorage.setItem(KEY, next)
  }

  const toggle = (): void => choose(dark.value ? 'light' : 'dark')

  /** A token as `rgb(...)` or `rgba(...)`: `color('accent')`, `color('node-3')`. Reactive to the theme. */
  function color(token: string): string {
    version.value // read, so that callers are called again when the theme changes
    let found = resolved.get(token)
    if (found === undefined) {
      found = toRgb(getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim())
      resolved.set(token, found)
    }
    return found
  }

  /** As `color`, of one theme, whichever the window wears: for what leaves it. */
  function colorsOf(wanted: 'light' | 'dark'): (token: string) => string {
    const probe = document.createElement('div')
    probe.dataset.theme = wanted
    const found = new Map<string, string>()
    return (token) => {
      let colour = found.get(token)
      if (colour === undefined) {
        document.body.append(probe)
        colour = toRgb(getComputedStyle(probe).getPropertyValue(`--${token}`).trim())
        probe.remove()
        found.set(token, colour)
      }
      return colour
    }
  }

  const nodeColor = (node: EndpointId): string => color(nodeToken(node))

  return { choice, dark, reducedMotion, version, choose, toggle, color, colorsOf, nodeColor }
})

function readChoice(): ThemeChoice {
  const kept = localStorage.getItem(KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

let pixel: CanvasRenderingContext2D | null | undefined

/** Any CSS colour as sRGB, by painting one pixel with it. */
function toRgb(css: string): string {
  if (pixel === undefined) {
    const canvas = document.createElement('canvas')
    canvas.width = 1
    canvas.height = 1
    pixel = canvas.getContext('2d', { willReadFrequently: true })
  }
  if (!pixel || css === '') return css
  pixel.clearRect(0, 0, 1, 1)
  pixel.fillStyle = css
  pixel.fillRect(0, 0, 1, 1)
  const [r = 0, g = 0, b = 0, a = 255] = pixel.getImageData(0, 0, 1, 1).data
  return a === 255 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${(a / 255).toFixed(3)})`
}
