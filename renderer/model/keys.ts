/** Keys of commands: `Space`, `Shift+ArrowLeft`, `Mod+K`, `[`. `Mod` is Control, or Command on a Mac. */

export interface Pressed {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** True when what was pressed is what a command asks for. Shift is only looked at where the key does not imply it: `?` is `?` on every keyboard. */
export function matches(keys: string, pressed: Pressed): boolean {
  const parts = split(keys)
  const key = parts.at(-1) ?? ''
  const wants = (modifier: string) => parts.includes(modifier)
  const name = pressed.key === ' ' ? 'Space' : pressed.key
  const same = key.length === 1 ? name.toLowerCase() === key.toLowerCase() : name === key
  if (!same) return false
  if (wants('Mod') !== (pressed.ctrlKey || pressed.metaKey)) return false
  if (wants('Alt') !== pressed.altKey) return false
  const shiftMatters = key.length > 1 || /[a-z]/i.test(key)
  return !shiftMatters || wants('Shift') === pressed.shiftKey
}

const NAMES: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Delete: 'Del' }
const MAC: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }

/** What is printed on the keys: `Ctrl`, `K`. */
export function keyLabels(keys: string, mac: boolean): string[] {
  return split(keys).map(
    (part) => NAMES[part] ?? (mac ? MAC[part] : undefined) ?? (part === 'Mod' ? 'Ctrl' : part.length === 1 ? part.toUpperCase() : part),
  )
}

const split = (keys: string): string[] => (keys.length === 1 ? [keys] : keys.split('+'))
