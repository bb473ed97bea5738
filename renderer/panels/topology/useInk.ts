/** The theme's tokens as plain colours for the canvas. */
import { computed } from 'vue'
import { familyToken, nodeToken, repeats } from '../../model/hues.ts'
import { useTheme } from '../../stores/theme.ts'
import type { Ink } from './ink.ts'

export function useInk() {
  const theme = useTheme()
  return computed<Ink>(() => inkOf(theme.color))
}

export const inkOf = (color: (token: string) => string): Ink => ({
  surface: color('surface'),
  text: color('text'),
  soft: color('text-soft'),
  faint: color('text-faint'),
  line: color('line'),
  accent: color('accent'),
  accentLine: color('accent-line'),
  fault: color('fault'),
  faultText: color('fault-text'),
  node: (id) => color(nodeToken(id)),
  repeats,
  family: (family) => color(familyToken(family)),
})
