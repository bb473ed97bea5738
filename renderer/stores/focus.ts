/**
 * Where the keyboard works while menus, the palette and forms have the focus: they take it for a while, and when they go it
 * returns to where it was, so that whoever works by keyboard never has to find their way back.
 */
import { useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'

/** What has the focus only for a while. */
const PASSING = '[role="menu"], [role="dialog"], [role="alertdialog"], .anchor'

export const useFocus = defineStore('focus', () => {
  /** Undefined when nothing had the focus, as after Escape in a field. */
  let home: HTMLElement | undefined
  let away = false

  useEventListener(document, 'focusout', ({ target, relatedTarget }: FocusEvent) => {
    if (isPassing(target) || !isPassing(relatedTarget)) return
    home = target as HTMLElement
    away = true
  })
  useEventListener(document, 'focusin', ({ target }: FocusEvent) => {
    const passing = isPassing(target)
    if (passing && !away) home = undefined
    away = passing
  })

  /** Back to where the keyboard was, unless something else was given the focus meanwhile. */
  function goHome(): void {
    const now = document.activeElement
    if (isPassing(now) && !now?.closest('[role="menu"], [data-state="closed"], .anchor')) return // from a menu to a form: still away
    if (away && home?.isConnected) home.focus()
    away = false
  }

  return { goHome }
})

const isPassing = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest(PASSING) !== null
