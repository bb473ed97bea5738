/** The fields that a query knows by name, and the places in an event into which a path of one's own leads. */
import { EVENT_KINDS, type EventKind } from '../core/event.ts'
import type { TestTerm } from './syntax.ts'

export interface FieldSpec {
  readonly name: string
  /** What it is compared with: a name (`*` stands for anything), a number, a time of the run, or any text. */
  readonly sort: 'name' | 'number' | 'time' | 'text'
  /** One sentence. */
  readonly help: string
  readonly example: string
  /** All values that it can have, where they are the same for every run. */
  readonly values?: readonly string[]
  /** Events that can have it; all when absent. */
  readonly kinds?: readonly EventKind[]
}

const MESSAGE: readonly EventKind[] = ['send', 'deliver', 'drop', 'hold', 'action']
const STAMPED: readonly EventKind[] = ['step', 'send', 'invoke', 'return', 'local']

export const FIELDS: readonly FieldSpec[] = [
  { name: 'node', sort: 'name', help: 'Events at, from or to this node, or `clients`.', example: 'node:n2' },
  { name: 'from', sort: 'name', help: 'Events of messages that this node sent.', example: 'from:n1', kinds: MESSAGE },
  { name: 'to', sort: 'name', help: 'Events of messages for this node.', example: 'to:n3', kinds: MESSAGE },
  { name: 'type', sort: 'name', help: 'Events of messages of this type.', example: 'type:AppendEntries', kinds: MESSAGE },
  { name: 'kind', sort: 'name', help: 'Events of this kind.', example: 'kind:drop', values: EVENT_KINDS },
  {
    name: 'fault',
    sort: 'name',
    help: 'What this fault did, and its arming and lifting; `fault:*` for any.',
    example: 'fault:*',
    kinds: ['drop', 'hold', 'action'],
  },
  { name: 'client', sort: 'name', help: 'Operations of this client.', example: 'client:you', kinds: ['invoke', 'return'] },
  {
    name: 'op',
    sort: 'text',
    help: 'Calls of operations in which this stands; `op.key` and the like for a part.',
    example: 'op:put',
    kinds: ['invoke'],
  },
  {
    name: 'operation',
    sort: 'number',
    help: 'The call and the answer of this operation.',
    example: 'operation=12',
    kinds: ['invoke', 'return'],
  },
  {
    name: 'outcome',
    sort: 'name',
    help: 'Answers of operations: ok, refused, or unknown whether it happened.',
    example: 'outcome:unknown',
    values: ['ok', 'refused', 'unknown'],
    kinds: ['return'],
  },
  {
    name: 'note',
    sort: 'text',
    help: 'Steps in which a node noted this; `note.term` and the like for what it noted with it.',
    example: 'note:becomeLeader',
    kinds: ['step'],
  },
  {
    name: 'input',
    sort: 'name',
    help: 'Steps that this started: start, message, timer, request, durable, a timer by its name, a type of message.',
    example: 'input:election',
    kinds: ['step'],
  },
  {
    name: 'role',
    sort: 'name',
    help: 'Steps after which a node shows another picture of itself, in this role.',
    example: 'role:leader',
    values: ['leader', 'candidate', 'follower', 'other'],
    kinds: ['step'],
  },
  {
    name: 'epoch',
    sort: 'number',
    help: 'Steps after which a node shows this leadership number (a term, a view, a ballot).',
    example: 'epoch>3',
    kinds: ['step'],
  },
  {
    name: 'leader',
    sort: 'name',
    help: 'Steps after which a node shows that it takes this one for the leader.',
    example: 'leader:n2',
    kinds: ['step'],
  },
  {
    name: 'change',
    sort: 'name',
    help: 'A node came up, went down, was paused, went on, or lost its disk.',
    example: 'change:down',
    values: ['up', 'down', 'paused', 'resumed', 'wiped'],
    kinds: ['node'],
  },
  {
    name: 'do',
    sort: 'name',
    help: 'What a person or a scenario did.',
    example: 'do:arm',
    values: ['arm', 'lift', 'release', 'node', 'timeScale', 'load', 'clock', 'disk', 'end'],
    kinds: ['action'],
  },
  {
    name: 'why',
    sort: 'text',
    help: 'Why a message was lost or rejected, a node went down, an operation failed.',
    example: 'why:overflow',
    kinds: ['drop', 'node', 'return', 'reject'],
  },
  { name: 'seq', sort: 'number', help: 'The number of the event.', example: 'seq:100..200' },
  { name: 'at', sort: 'time', help: 'Real time since the run began.', example: 'at>+1.5s' },
  { name: 'lamport', sort: 'number', help: "Lamport's logical time.", example: 'lamport<=40', kinds: STAMPED },
  {
    name: 'life',
    sort: 'number',
    help: 'Which of its starts the node or client is in, from 1.',
    example: 'life>1',
    kinds: [...STAMPED, 'checkpoint'],
  },
  {
    name: 'step',
    sort: 'number',
    help: 'The step of the node within its life, from 1.',
    example: 'step=40',
    kinds: [...STAMPED, 'checkpoint'],
  },
  {
    name: 'copy',
    sort: 'number',
    help: 'Which copy of a message: 0 the first, from 1 on duplicates.',
    example: 'copy>0',
    kinds: ['deliver', 'drop'],
  },
]

/** Where a path can begin. One that begins with none of these is looked for in all of them, `state` apart. */
export const ROOTS: readonly { readonly name: string; readonly help: string; readonly kinds: readonly EventKind[] }[] = [
  { name: 'body', help: "A field of the message's body: body.prevLogIndex=4.", kinds: ['send', 'deliver', 'drop', 'hold'] },
  { name: 'note', help: 'A field of what a step noted: note.term>3.', kinds: ['step'] },
  { name: 'fact', help: 'A fact that a node shows: fact.commitIndex>=5.', kinds: ['step'] },
  { name: 'op', help: "A field of a client's operation: op.key=x.", kinds: ['invoke'] },
  { name: 'result', help: 'A field of what an operation returned: result.value=1.', kinds: ['return'] },
  { name: 'did', help: 'A field of what was done or of what became of a node: did.scale>1.', kinds: ['action', 'node'] },
  { name: 'data', help: 'A field of what a foreign log said of an event: data.level=3.', kinds: ['local'] },
  { name: 'state', help: "A field of a node's whole state, where a checkpoint recorded it: state.log.length>9.", kinds: ['checkpoint'] },
]

const byName = new Map(FIELDS.map((field) => [field.name.toLowerCase(), field]))

/** The field that a test names, unless it is a path. */
export const fieldOf = ({ field }: Pick<TestTerm, 'field'>): FieldSpec | undefined => byName.get(field.toLowerCase())

/** A path taken apart: where it begins, undefined for everywhere, and its keys. */
export function pathOf(field: string): { readonly root: string | undefined; readonly keys: readonly string[] } {
  const [first = '', ...rest] = field.split('.')
  const root = rest.length > 0 ? ROOTS.find(({ name }) => name === first)?.name : undefined
  return root === undefined ? { root, keys: [first, ...rest] } : { root, keys: rest }
}

/** Kinds of event that a test can hold for; undefined: of any. */
export function kindsOf(test: TestTerm): readonly EventKind[] | undefined {
  const field = fieldOf(test)
  if (field) return field.kinds
  const { root } = pathOf(test.field)
  return ROOTS.filter(({ name }) => (root === undefined ? name !== 'state' : name === root)).flatMap(({ kinds }) => kinds)
}
