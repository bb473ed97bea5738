/** The theme's tokens as plain colours for the canvas. */
import { computed } from 'vue'
import { repeats } from '../../model/hues.ts'
import { useTheme } from '../../stores/theme.ts'
import type { Ink } from './ink.ts'

export function useInk() {
  const theme = useTheme()
  return computed<Ink>(() => ({
    surface: theme.color('surface'),
    text: theme.color('text'),
    soft: theme.color('text-soft'),
    faint: theme.color('text-faint'),
    line: theme.color('line'),
    accent: theme.color('accent'),
    accentLine: theme.color('accent-line'),
    fault: theme.color('fault'),
    faultText: theme.color('fault-text'),
    node: (id) => theme.nodeColor(id),
    repeats,
    family: (family) => theme.color(`family-${family}`),
  }))
}
