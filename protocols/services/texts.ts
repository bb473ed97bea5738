/** What services share whose state is a map of texts: its JSON, how long it is, what in it differs, and values that show which write they came from. */
import { Map as PersistentMap } from 'immutable'
import type { Service } from '../core/service.ts'

export type Texts = PersistentMap<string, string>

export const ofTexts: Pick<Service<Texts, never>, 'init' | 'encode' | 'size' | 'unlike' | 'decode'> = {
  init: () => PersistentMap<string, string>(),
  encode: (state) => Object.fromEntries([...state.keys()].sort().map((key) => [key, state.get(key) as string])),
  size: (state) => state.size,
  unlike: (state, other) => state.filter((value, key) => other.get(key) !== value),
  decode: (json) => PersistentMap(Object.entries(json as { readonly [key: string]: string })),
}

/** Different for every serial, so that a read shows which write it saw; padded to the asked size where that is larger, with what nobody takes for something left out. */
export const uniqueValue = (serial: number, bytes: number): string => serial.toString(36).padEnd(bytes, '-')
