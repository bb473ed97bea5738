/** Items of menus, dropped down or at the pointer. */
import type { Component } from 'vue'

export interface MenuItem {
  /** What will happen: "Crash n2". */
  readonly text: string
  readonly icon?: Component
  readonly keys?: string
  /** A word at the right: a present value. */
  readonly detail?: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly checked?: boolean
  readonly run?: () => unknown
  /** Opens another menu instead. */
  readonly items?: readonly MenuEntry[]
}

/** `-`: a line between groups. A heading names the items below it. */
export type MenuEntry = MenuItem | '-' | { readonly heading: string }
