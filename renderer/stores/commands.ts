/**
 * Everything that can be done, by name: the palette lists these, menus show them, keys run them. A part of the window
 * registers its commands while it is there.
 */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { useNotices } from './notices.ts'

export interface Command {
  /** `playback.toggle` */
  readonly id: string
  /** What will happen, as on a button: "Crash n2". */
  readonly title: string
  readonly group: 'Run' | 'Playback' | 'Break' | 'View' | 'Library' | 'Help'
  /** As `KeyboardEvent` would spell them, joined by `+`: `Space`, `ArrowLeft`, `Shift+ArrowLeft`, `Mod+K` (Ctrl, or Command on a Mac), `[`. */
  readonly keys?: readonly string[]
  /** False hides it from the palette and disables its key. */
  readonly enabled?: () => boolean
  readonly run: () => unknown
}

export const useCommands = defineStore('commands', () => {
  const notices = useNotices()
  const registered = shallowRef<readonly Command[]>([])
  const paletteOpen = shallowRef(false)
  const keysOpen = shallowRef(false)

  const all = computed(() => registered.value)
  const available = computed(() => registered.value.filter((command) => command.enabled?.() ?? true))

  /** Registers commands until the calling component or scope is gone; a later command of the same id takes the place of an earlier. */
  function register(commands: readonly Command[]): void {
    registered.value = [...registered.value.filter(({ id }) => !commands.some((command) => command.id === id)), ...commands]
    onScopeDispose(() => {
      registered.value = registered.value.filter((command) => !commands.includes(command))
    }, true)
  }

  async function run(id: string): Promise<void> {
    const command = registered.value.find((candidate) => candidate.id === id)
    if (!command || command.enabled?.() === false) return
    await notices.attempt(async () => {
      await command.run()
    })
  }

  function togglePalette(): void {
    paletteOpen.value = !paletteOpen.value
  }

  function showKeys(): void {
    keysOpen.value = true
  }

  return { all, available, paletteOpen, keysOpen, togglePalette, showKeys, register, run }
})
