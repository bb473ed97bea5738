/** What cannot be told of a run that happened elsewhere, and why. */
import type { Foreign } from '../../main/contract/exchange.ts'

const FORMAT: { readonly [name: string]: string } = { shiviz: 'a ShiViz log', ndjson: 'NDJSON' }

/** In the title bar, where a run of Synod says who leads. */
export const foreignText = ({ format, file }: Foreign): string => `From ${FORMAT[format] ?? format}${file === undefined ? '' : `, ${file}`}`

export const missingIn = ({ clocks, times, completed }: Foreign): readonly string[] => [
  'It happened elsewhere: which protocol its hosts ran is not known, so there are no states and nothing to check.',
  clocks
    ? 'Messages are inferred from its vector clocks: where one rises, something has come from there.'
    : 'It has no vector clocks: what came first at two hosts is not known, and neither are messages.',
  ...(times ? [] : ['It has no times: events stand a millisecond apart, in an order that respects causality.']),
  ...(completed === 0 ? [] : [`${completed} of its clocks left out what must have happened before; that was added.`]),
]
