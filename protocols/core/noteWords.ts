import type { Json } from './json.ts'

/** What nodes do, as notes name it: such a name is told as what its node does, any other as what came about. */
const VERBS =
  'abandon adopt back become begin catch choose count differ enter execute fetch follow give grant hand ignore install learn miss move overwrite ' +
  'prepare promise propose refuse reject repair replace resign roll send stand start step suspect take trust use vote'
const verb = new RegExp(`^(?:${VERBS.replaceAll(' ', '|')})(?= |$)`)

/** A note's name as a person reads it, behind the name of its node: `becomeLeader` → "becomes leader", `writeDone` → "write done". */
export const noteWords = (note: string): string =>
  note
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bpre /, 'pre-')
    .replace(verb, (does) => `${does}${/(s|ch)$/.test(does) ? 'es' : 's'}`)

/** Several names, or one, in a sentence. */
export const namesIn = (value: Json | undefined): string => (Array.isArray(value) ? value.join(' ') : String(value))

/** "1 request", "3 requests". */
export const counted = (count: Json | undefined, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
