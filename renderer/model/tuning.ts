/** Settings that are slid together: what becomes of the others when one moves, and which named setting they are. */
import type { Settings, Tuning } from '../../protocols/core/tuning.ts'

/** With one of them changed; those that cannot stay so high beside it come down. */
export function moved(tuning: Tuning, settings: Settings, change: Settings, nodes: number): Settings {
  const all: { [option: string]: number } = { ...settings, ...change }
  for (const option of tuning.options) all[option] = Math.max(1, Math.min(all[option] ?? 1, tuning.max(option, all, nodes)))
  return all
}

/** The first named setting that these are. */
export const presetOf = (tuning: Tuning, settings: Settings, nodes: number): string | undefined =>
  tuning.presets.find((preset) => isSame(tuning, preset.of(settings, nodes), settings))?.name

export const isSame = ({ options }: Tuning, a: Settings, b: Settings): boolean => options.every((option) => a[option] === b[option])

export const settingsText = ({ options }: Tuning, settings: Settings): string =>
  options.map((option) => `${option.toUpperCase()} = ${settings[option]}`).join(', ')
