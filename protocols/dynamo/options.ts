/** The settings of a run, why some cannot work, and what the others bear. */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'
import type { Finding } from '../core/tuning.ts'
import { counted } from '../core/wording.ts'
import { named } from './messages.ts'

const copies = (usual: number) => z.int().min(1).max(15).default(usual)
const ms = (usual: number) => z.number().min(1).max(600_000).default(usual)

export const optionsSchema = z.strictObject({
  n: copies(3),
  r: copies(2),
  w: copies(2),
  sloppy: z.boolean().default(true),
  resolve: z.enum(['siblings', 'last-writer-wins']).default('siblings'),
  members: z.string().max(200).default('all'),
  partitions: z.int().min(1).max(128).default(12),
  tokens: z.int().min(1).max(64).default(8),
  readRepair: z.boolean().default(true),
  replicaMs: ms(50),
  requestMs: ms(400),
  hintMs: ms(150),
  antiEntropyMs: ms(200),
  gossipMs: ms(200),
})
export type DynamoOptions = z.infer<typeof optionsSchema>

/** Members at the start: those that are there then, unless the option names others. */
export const membersAtStart = ({ members }: DynamoOptions, nodes: readonly NodeId[], there: readonly NodeId[]): readonly NodeId[] =>
  members.trim() === 'all' ? there : nodes.filter((node) => named(members).includes(node))

/** Why so many copies and answers cannot be, among so many members. */
export function impossible(
  { n, r, w }: { readonly n: number; readonly r: number; readonly w: number },
  members: number,
): string | undefined {
  if (n > members) return `N is ${n}, but there are ${members} members to keep copies: lower N, or let more nodes be members.`
  if (r > n)
    return `R is ${r}, above N, which is ${n}: a read would wait for more answers than there are copies (§4.5). Lower R or raise N.`
  if (w > n) return `W is ${w}, above N, which is ${n}: a write would wait for more copies than there are (§4.5). Lower W or raise N.`
  return undefined
}

export function refuse(options: DynamoOptions, nodes: readonly NodeId[], there = nodes): string | undefined {
  if (options.members.trim() !== 'all') {
    const absent = named(options.members).find((node) => !there.includes(node))
    if (absent !== undefined && nodes.includes(absent))
      return `The option members names ${absent}, which is not there at the beginning: its seat is a spare one.`
    if (absent !== undefined) return `The option members names ${absent}, but this run has ${nodes.join(', ')}.`
  }
  if (options.replicaMs > options.requestMs)
    return `A request ends after ${options.requestMs} ms, before its coordinator gives up a silent replica (${options.replicaMs} ms): raise requestMs or lower replicaMs.`
  return impossible(options, membersAtStart(options, nodes, there).length)
}

/** What a setting promises and what it bears (§4.5, §6). Counted of the N nodes at home. */
export function analysis({ n, r, w, sloppy }: Pick<DynamoOptions, 'n' | 'r' | 'w' | 'sloppy'>): readonly Finding[] {
  const down = (count: number) => (count === 0 ? 'no failure' : count === 1 ? 'one failure' : `${count} failures`)
  const meets = r + w > n
  return [
    { about: 'Reads', text: `A read needs ${r} of ${n} replicas: it bears ${down(n - r)}.`, is: n === r && n > 1 ? 'weak' : 'plain' },
    {
      about: 'Writes',
      text: sloppy
        ? `A write needs ${counted(w, 'node')}, any that answer: stand-ins keep it for replicas that do not.`
        : `A write needs ${w} of ${n} replicas: it bears ${down(n - w)}.`,
      is: n === w && n > 1 && !sloppy ? 'weak' : 'plain',
    },
    {
      about: 'Disks',
      text: `What was acknowledged is on ${w === 1 ? 'one disk' : `${w} disks`}: it outlives the loss of ${w === 1 ? 'none' : w - 1}.`,
      is: w === 1 ? 'weak' : 'plain',
    },
    {
      about: 'R + W > N',
      text: !meets
        ? `R + W is ${r + w}, not above N: a read may miss a write that was acknowledged before it, until repair or anti-entropy bring it.`
        : sloppy
          ? `R + W is ${r + w}, above N: a read meets every write before it, unless stand-ins acknowledged for replicas.`
          : `R + W is ${r + w}, above N: every read meets every write that was acknowledged before it.`,
      is: meets && !sloppy ? 'holds' : 'weak',
    },
    {
      about: '2 W > N',
      text:
        2 * w > n
          ? `Any two writes that were acknowledged have a replica in common${sloppy ? ', unless stand-ins acknowledged' : ''}.`
          : 'Two writes may be acknowledged by different replicas: expect siblings.',
      is: 2 * w <= n || sloppy ? 'weak' : 'holds',
    },
  ]
}

/** In one word, for a glance. */
export const promiseOf = ({
  n,
  r,
  w,
  sloppy,
}: {
  readonly n: number
  readonly r: number
  readonly w: number
  readonly sloppy: boolean
}): string => (r + w <= n ? 'weak' : sloppy ? 'fresh unless sloppy' : 'fresh')
