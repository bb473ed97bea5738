import { nameWords } from './wording.ts'

/** What nodes do, as notes name it: such a name is told as what its node does, any other as what came about. */
const VERBS =
  'abandon adopt back become begin catch choose count differ enter execute fetch follow give grant hand ignore install learn miss move overwrite ' +
  'prepare promise propose refuse reject repair replace resign roll send stand start step suspect take trust use vote'
const verb = new RegExp(`^(?:${VERBS.replaceAll(' ', '|')})(?= |$)`)

/** A note's name as a person reads it, behind the name of its node: `becomeLeader` → "becomes leader", `writeDone` → "write done". */
export const noteWords = (note: string): string =>
  nameWords(note)
    .replace(/\bpre /, 'pre-')
    .replace(verb, (does) => `${does}${/(s|ch)$/.test(does) ? 'es' : 's'}`)
