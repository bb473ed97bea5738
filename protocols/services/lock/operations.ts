/** What can be asked of a lock and of the resource behind it, how it is written down, and what it answers. */
import { z } from 'zod'
import type { Json } from '../../core/json.ts'
import { quote, words } from '../words.ts'

/** The lock's name: one lock is one object. */
const key = z.string().min(1)
const ms = z.int().min(1).max(3_600_000)
/** That of the client's last grant, filled in by the client itself where it is not said. 0: it has none. */
const token = z.int().min(0).optional()
/** Who asks and when, by its own clock: filled in by the client. */
const asked = { client: z.string().optional(), atMs: z.int().min(0).optional() }

export type LockOperation =
  | { readonly op: 'acquire'; readonly key: string; readonly ms: number; readonly client?: string; readonly atMs?: number }
  | { readonly op: 'release' | 'announce'; readonly key: string; readonly token?: number }
  | { readonly op: 'write'; readonly key: string; readonly value: string; readonly token?: number; readonly unchecked?: true }
  | { readonly op: 'read'; readonly key: string }
  | { readonly op: 'holder'; readonly key: string; readonly atMs?: number }

export const lockOperationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('acquire'), key, ms, ...asked }),
  z.strictObject({ op: z.literal('release'), key, token }),
  z.strictObject({ op: z.literal('announce'), key, token }),
  z.strictObject({ op: z.literal('write'), key, value: z.string(), token, unchecked: z.literal(true).optional() }),
  z.strictObject({ op: z.literal('read'), key }),
  z.strictObject({ op: z.literal('holder'), key, atMs: asked.atMs }),
]) as unknown as z.ZodType<LockOperation>

/** A lease when none is said: long enough for a hand at the keyboard to see it end. */
const MS_USUAL = 5000
const NONE = '(none)'
const FREE = '(free)'
const UNCHECKED = 'unchecked'

export const grammar = [
  {
    form: 'acquire NAME [MS]',
    help: 'Asks for the lock for MS milliseconds (5000). Whoever has it already has it for longer. A grant has a token, higher than all before.',
  },
  { form: 'release NAME [TOKEN]', help: 'Gives the lock back; refused unless TOKEN is that of its last grant.' },
  {
    form: 'write NAME VALUE [TOKEN] [unchecked]',
    help: 'Writes to what the lock guards. Refused when a newer token was seen there; unchecked: nobody looks at the token.',
  },
  { form: 'announce NAME [TOKEN]', help: 'Shows the token to what the lock guards, which from then on refuses older ones.' },
  { form: 'read NAME', help: 'What was last written to what the lock guards, or (none). Needs no lock.' },
  { form: 'holder NAME', help: 'Who holds the lock, and with which token, or (free).' },
] as const

export function format(op: LockOperation): string {
  const head = `${op.op} ${quote(op.key)}`
  switch (op.op) {
    case 'acquire':
      return op.ms === MS_USUAL ? head : `${head} ${op.ms}`
    case 'write':
      return [head, quoteValue(op.value), ...tokenText(op.token), ...(op.unchecked ? [UNCHECKED] : [])].join(' ')
    case 'release':
    case 'announce':
      return [head, ...tokenText(op.token)].join(' ')
    default:
      return head
  }
}

const tokenText = (token: number | undefined): string[] => (token === undefined ? [] : [String(token)])
/** Quoted also where it could be taken for what may follow. */
const quoteValue = (value: string): string => (value === NONE ? `"${value}"` : quote(value))

/** What each operation answers with. */
export type Granted = { readonly token: number } | { readonly heldBy: string; readonly token: number }
export type Taken = { readonly taken: true } | { readonly taken: false; readonly token: number; readonly newer: number }
export type Holder = { readonly holder: string; readonly token: number } | null

export function formatResult(op: LockOperation, result: Json): string {
  const told = result as Partial<{ token: number; heldBy: string; taken: boolean; newer: number; holder: string }> | null
  switch (op.op) {
    case 'acquire':
      return told?.heldBy === undefined ? `token ${told?.token}` : `held by ${told.heldBy}, token ${told.token}`
    case 'release':
      return result === true ? 'released' : 'refused: not its holder'
    case 'write':
    case 'announce':
      if (told?.taken) return op.op === 'write' ? 'written' : 'seen'
      return told?.token === 0 ? 'refused: no token' : `refused: token ${told?.token} is older than ${told?.newer}`
    case 'read':
      return result === null ? NONE : typeof result === 'string' ? quoteValue(result) : JSON.stringify(result)
    case 'holder':
      return told === null ? FREE : `${told.holder}, token ${told.token}`
    default:
      return op satisfies never
  }
}

export function parse(text: string): { readonly op: LockOperation } | { readonly error: string } {
  const read = words(text)
  if ('error' in read) return read
  const [verb, first, ...rest] = read.words
  if (!verb) return { error: `Type an operation, such as: acquire x 1000` }
  const form = grammar.find((row) => row.form.split(' ')[0] === verb.text.toLowerCase())?.form
  if (!form)
    return { error: `"${verb.text}" is no operation of this lock. It knows ${grammar.map((row) => row.form.split(' ')[0]).join(', ')}.` }
  if (!first?.text) return { error: `Which lock? ${form}.` }
  const key = first.text
  const tooMany = (most: number) =>
    rest.length > most ? { error: `"${rest[most]?.text}" is too much: ${form}. Put text with spaces in double quotes.` } : undefined
  switch (form) {
    case 'acquire NAME [MS]': {
      const [lease] = rest
      const wanted = lease === undefined ? MS_USUAL : Number(lease.text)
      if (!ms.safeParse(wanted).success) return { error: `"${lease?.text}" is no lease: whole milliseconds from 1 to 3600000.` }
      return tooMany(1) ?? { op: { op: 'acquire', key, ms: wanted } }
    }
    case 'release NAME [TOKEN]':
    case 'announce NAME [TOKEN]': {
      const held = tokenOf(rest[0]?.text)
      if (held !== undefined && 'error' in held) return held
      return tooMany(1) ?? { op: { op: form === 'release NAME [TOKEN]' ? 'release' : 'announce', key, ...held } }
    }
    case 'write NAME VALUE [TOKEN] [unchecked]': {
      const [value, ...after] = rest
      if (!value) return { error: `Write what? ${form}.` }
      const isUnchecked = after.at(-1)?.text === UNCHECKED
      const held = tokenOf(after.length > (isUnchecked ? 1 : 0) ? after[0]?.text : undefined)
      if (held !== undefined && 'error' in held) return held
      const most = 1 + (held ? 1 : 0) + (isUnchecked ? 1 : 0)
      return tooMany(most) ?? { op: { op: 'write', key, value: value.text, ...held, ...(isUnchecked ? { unchecked: true } : {}) } }
    }
    case 'read NAME':
    case 'holder NAME':
      return tooMany(0) ?? { op: { op: form === 'read NAME' ? 'read' : 'holder', key } }
    default:
      return form satisfies never
  }
}

function tokenOf(text: string | undefined): { readonly token: number } | { readonly error: string } | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) return { error: `"${text}" is no token: a whole number, as acquire answers.` }
  return { token: Number(text) }
}
