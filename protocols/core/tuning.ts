/**
 * Settings that belong together and that one wants to slide while looking at what they mean: before a run, and during it where a control takes them.
 * Described by the protocol as data and pure functions; the window knows sliders, named settings and sentences.
 */
import type { Json } from './json.ts'

/** Whole numbers from 1 on, by the names of their options. */
export type Settings = { readonly [option: string]: number }

/** One thing that settings promise, cost or bear. */
export interface Finding {
  /** In a word or two: "Reads", "R + W > N". */
  readonly about: string
  readonly text: string
  /** `weak`: allowed, and less than one may think. */
  readonly is: 'holds' | 'weak' | 'plain'
}

/** What a node shows of itself, as it is known at some moment. */
export interface Shown {
  readonly epoch: number
  readonly facts: { readonly [name: string]: Json }
}

export interface Tuning<O = unknown> {
  readonly title: string
  /** Which options, in the order of their sliders. Their labels and help are the options' own. */
  readonly options: readonly string[]
  /** The highest that this one can be beside the others, on so many nodes. */
  max(option: string, settings: Settings, nodes: number): number
  /** Settings that have a name. */
  readonly presets: readonly { readonly name: string; readonly help: string; of(settings: Settings, nodes: number): Settings }[]
  /** Of the options of a run, these among them. */
  analyse(options: O): readonly Finding[]
  /** How they are set while a run goes on: told to any node by this control, whose fields have the options' names. */
  readonly during?: {
    readonly control: string
    /** What they are now, by those nodes that have shown anything, and among how many; undefined while nobody has. */
    now(shown: readonly Shown[]): { readonly settings: Settings; readonly nodes: number } | undefined
  }
}
