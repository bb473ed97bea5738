/** What a node can be told from outside: to count otherwise, to join, to leave. What becomes of it is in gossip.ts. */
import { z } from 'zod'
import type { Control } from '../core/input.ts'
import type { ControlSpec, Membership } from '../core/machine.ts'

const copies = z.int().min(1).max(15)
const control = (name: string, fields: z.ZodRawShape = {}) =>
  z.strictObject({ name: z.literal(name), ...fields }) as unknown as z.ZodType<Control>

export const controls: readonly ControlSpec[] = [
  {
    name: 'setQuorum',
    label: 'Set N, R and W',
    help: 'From here on, and at the others as gossip reaches them: copies of a key, answers for a read, copies for a write (§4.5).',
    fields: [
      { name: 'n', label: 'N', is: 'number', help: 'Copies of each key.' },
      { name: 'r', label: 'R', is: 'number', help: 'Answers that a read waits for; not above N.' },
      { name: 'w', label: 'W', is: 'number', help: 'Copies on disks that a write waits for; not above N.' },
    ],
    schema: control('setQuorum', { n: copies, r: copies, w: copies }),
  },
  {
    name: 'join',
    label: 'Join the ring',
    help: 'The node takes its ranges over, and then keeps them with the others (§4.8.1, §4.9).',
    fields: [],
    schema: control('join'),
  },
  {
    name: 'leave',
    label: 'Leave the ring',
    help: 'The node gives everything that it keeps to those who will keep it, and then goes (§4.8.1, §4.9).',
    fields: [],
    schema: control('leave'),
  },
]

/** A node says of itself that it joins or leaves (§4.8.1). It is out for good when another one knows, for that one spreads it. */
export const membership: Membership = {
  join: () => ({ name: 'join' }),
  leave: () => ({ name: 'leave' }),
  told: 'itself',
  isMember: (node, shown) => {
    const own = shown.get(node)
    if (own?.facts.member === 'in') return true
    if (own?.facts.member !== 'out') return undefined
    return [...shown].some(([other, { epoch }]) => other !== node && epoch >= own.epoch) ? false : undefined
  },
}
