/** Mounts panels over the fake lab. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach } from 'vitest'
import { type Component, defineComponent, h, nextTick } from 'vue'
import type { RunConfig } from '../../../protocols/core/config.ts'
import type { Bench } from '../stores/bench.ts'

let mounted: VueWrapper[] = []
afterEach(() => {
  for (const wrapper of mounted) wrapper.unmount()
  mounted = []
  document.body.innerHTML = ''
})

export function show(...parts: readonly Component[]): VueWrapper {
  const wrapper = mount(
    defineComponent(() => () => h(TooltipProvider, () => parts.map((part) => h(part)))),
    { attachTo: document.body },
  )
  mounted.push(wrapper)
  return wrapper
}

/** What a pen answers, of the little that is asked of it. */
const ANSWERS: { readonly [name: string]: () => unknown } = {
  measureText: () => ({ width: 10 }),
  getImageData: () => ({ data: [43, 108, 176, 255] }),
}

/** Canvases that take every call and draw nothing: of the page, and those on which Cytoscape prepares its layers. */
export function canvases(): void {
  const pen = new Proxy({} as Record<string, unknown>, {
    get: (target, name: string) => target[name] ?? ANSWERS[name] ?? (() => undefined),
    set: (target, name: string, value) => {
      target[name] = value
      return true
    },
  })
  for (const canvas of [HTMLCanvasElement, OffscreenCanvas]) canvas.prototype.getContext = () => pen as never
  // The one token that Cytoscape refuses to go without.
  document.documentElement.style.setProperty('--accent', 'rgb(43, 108, 176)')
}

/** Starts a live run and lets it go on until all of its nodes are up and one leads. */
export async function settled(it: Bench, mode?: RunConfig['mode']): Promise<void> {
  await it.startLive(mode)
  for (let i = 0; i < 200; i++) {
    const nodes = [...(it.run.now?.nodes.values() ?? [])]
    if (nodes.every(({ status }) => status === 'up') && nodes.some(({ observation }) => observation?.role === 'leader')) return
    it.fake.tick(50)
    await nextTick()
  }
  throw new Error('no leader in ten seconds')
}

/**
 * Gives elements a size, which this imitation of a browser does not lay out, and lets them scroll as a browser would: what is
 * scrolled to is told in an event.
 */
export function sized(width: number, height: number): void {
  for (const [name, value] of [
    ['clientWidth', width],
    ['clientHeight', height],
    ['offsetWidth', width],
    ['offsetHeight', height],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value })
  }
  const scrolled = new WeakMap<HTMLElement, number>()
  Object.defineProperty(HTMLElement.prototype, 'scrollTop', {
    configurable: true,
    get(this: HTMLElement) {
      return scrolled.get(this) ?? 0
    },
    set(this: HTMLElement, to: number) {
      const top = Math.max(0, to)
      if (top === this.scrollTop) return
      scrolled.set(this, top)
      this.dispatchEvent(new Event('scroll'))
    },
  })
}

/** Tells whoever observes the size of an element that it is this one. */
export function measured(width: number, height: number): void {
  globalThis.ResizeObserver = class implements ResizeObserver {
    readonly #tell: ResizeObserverCallback
    constructor(tell: ResizeObserverCallback) {
      this.#tell = tell
    }
    observe(target: Element): void {
      const size = [{ inlineSize: width, blockSize: height }]
      const sizes = { borderBoxSize: size, contentBoxSize: size, devicePixelContentBoxSize: size }
      this.#tell([{ target, contentRect: { width, height } as DOMRectReadOnly, ...sizes }], this)
    }
    unobserve(): void {}
    disconnect(): void {}
  }
}
