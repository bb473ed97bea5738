/** Runs commands by their keys, wherever the focus is, except while the person writes or a menu is open. */
import { useEventListener } from '@vueuse/core'
import { matches } from '../model/keys.ts'
import { useCommands } from '../stores/commands.ts'

export function useKeys(): void {
  const commands = useCommands()
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const target = event.target instanceof HTMLElement ? event.target : undefined
    const command = commands.available.find(({ keys }) => keys?.some((key) => matches(key, event)))
    if (!command || (target && takesKey(target, event, command.keys ?? []))) return
    event.preventDefault()
    void commands.run(command.id)
  })
}

/** True when the key belongs to what has the focus: text that is written, a menu that is walked, a button that Space presses. */
function takesKey(target: HTMLElement, event: KeyboardEvent, keys: readonly string[]): boolean {
  const global = keys.some((key) => key.startsWith('Mod+'))
  if (target.closest('input, textarea, select, [contenteditable="true"]')) return !global
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]:not([data-arrows])')) return !global
  if (event.key === ' ' || event.key === 'Enter')
    return target.closest('button, a, [role="button"], [role="switch"], [role="tab"], [role="treeitem"], [role="option"]') !== null
  if (/^(Arrow|Home|End)/.test(event.key))
    return target.closest('[role="grid"], [role="tree"], [role="tablist"], [role="slider"]:not([data-timeline]), [data-arrows]') !== null
  return false
}
