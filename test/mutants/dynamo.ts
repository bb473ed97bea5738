/**
 * Classic mistakes in a Dynamo-style store, each a small edit of the source. `sim` must find every one of them: by an invariant of the protocol,
 * or because somebody stays behind for ever. What clients saw is no judge here: the store does not promise that it can be explained.
 */
import type { Edit, Mistake } from './plant.ts'

const dynamo = (file: string, find: string, replace: string): Edit => ({ file: `protocols/dynamo/${file}`, find, replace })

export const mistakes: readonly Mistake[] = [
  {
    name: 'plain-vectors',
    what: 'A coordinator stamps a write as if its client had read all its earlier ones: of two writes after one read the first is lost (§4.4).',
    edits: [
      dynamo(
        'put.ts',
        'written(before, { dot, context, value,',
        'written(before, { dot, context: dot.n > 1 ? { ...context, [dot.actor]: dot.n - 1 } : context, value,',
      ),
    ],
  },
  {
    name: 'latest-is-kept',
    what: 'Siblings are dropped by the time of their writing, though nobody asked for that (§4.4).',
    edits: [dynamo('state.ts', "if (options.resolve === 'siblings') return both", '')],
  },
  {
    name: 'replica-overwrites',
    what: 'A replica puts what it is given in place of what it has, instead of merging.',
    edits: [
      dynamo('put.ts', '=== state.id) keep(turn', '=== turn.state.id) put(turn'),
      dynamo('put.ts', 'placeOf, reply', 'placeOf, put, reply'),
    ],
  },
  {
    name: 'repair-overwrites',
    what: 'Read repair puts what the read found in place of what has come since (§5).',
    edits: [
      dynamo('get.ts', 'key))) keep(turn, key, siblings)', 'key))) put(turn, key, siblings)'),
      dynamo('get.ts', 'placeOf, reply', 'placeOf, put, reply'),
    ],
  },
  {
    name: 'sync-overwrites',
    what: 'Anti-entropy puts the other one’s versions in place of its own (§4.7).',
    edits: [
      dynamo('antiEntropy.ts', 'of entries) keep(turn', 'of entries) put(turn'),
      dynamo('antiEntropy.ts', 'placeAt, send', 'placeAt, put, send'),
    ],
  },
  {
    name: 'keys-without-digests',
    what: 'The leaves of a Merkle tree are made of keys alone: old versions look like new ones (§4.7).',
    edits: [dynamo('merkle.ts', ', digestOf(partition.get(key) ?? [])].join', '].join')],
  },
  {
    name: 'hint-dropped-unacknowledged',
    what: 'A hint goes as soon as it was sent, though it may not arrive (§4.6).',
    edits: [dynamo('handOff.ts', 'deliver(target, key, siblings)\n', 'deliver(target, key, siblings), dropHint(turn, target, key)\n')],
  },
  {
    name: 'hint-overwritten',
    what: 'A later hint for the same node and key takes the place of the earlier one.',
    edits: [
      dynamo(
        'state.ts',
        'const after = combine(state, before, siblings)\n  if (after === before) return\n  state.hints',
        'const after = siblings\n  if (after === before) return\n  state.hints',
      ),
    ],
  },
  {
    name: 'newer-hint-dropped',
    what: 'The acknowledgement of an old hint lets go of what was merged into it meanwhile.',
    edits: [dynamo('handOff.ts', 'if (hint && digestOf(hint) === digest)', 'if (hint)')],
  },
  {
    name: 'copy-not-persisted',
    what: 'A replica acknowledges what its disk was not given: a crash takes it.',
    edits: [dynamo('state.ts', 'written.store = [...(written.store ?? []), [key, siblings]]', '')],
  },
  {
    name: 'dot-used-again',
    what: 'A coordinator forgets in a crash which dots it has used, and gives one to another write.',
    edits: [dynamo('put.ts', '  turn.written.used = state.used\n', '')],
  },
  {
    name: 'acknowledged-twice',
    what: 'A node whose acknowledgement comes twice counts for two of W (§4.5).',
    edits: [dynamo('put.ts', 'if (request.acks.includes(from) || ', 'if (')],
  },
  {
    name: 'one-acknowledgement-less',
    what: 'A write succeeds with W - 1 copies (§4.5).',
    edits: [dynamo('put.ts', 'now.acks.length >= now.needs', 'now.acks.length >= Math.max(1, now.needs - 1)')],
  },
  {
    name: 'first-answer-taken',
    what: 'A read waits for R answers and gives the first of them, instead of all merged (§4.5).',
    edits: [dynamo('get.ts', 'resultOf(mergedAnswers(turn.state, now))', 'resultOf(now.answers[0]?.siblings ?? [])')],
  },
  {
    name: 'deletions-purged',
    what: 'A deletion is forgotten as soon as it is all that there is of a key: a replica that missed it brings the value back.',
    edits: [
      dynamo(
        'state.ts',
        '  if (after === before) return\n  put(turn, key, after)',
        '  if (after === before) return\n  put(turn, key, after.every(({ value }) => value === null) ? [] : after)',
      ),
    ],
  },
  {
    name: 'one-node-twice',
    what: 'Two tokens of one node stand for two copies in a preference list (§4.3).',
    edits: [dynamo('ring.ts', 'return [...met]', 'return tokens.map((_, step) => (tokens[(start + step) % tokens.length] as Token).node)')],
  },
  {
    name: 'moved-before-it-arrived',
    what: 'A node lets go of a range that has moved before those who keep it now have it (§4.9).',
    edits: [dynamo('handOff.ts', ' || absent(state, key, stored(state, key)).length > 0) return', ') return')],
  },
  {
    name: 'lower-version-wins',
    what: 'Of two entries of the member table the older one is taken: who is a member is never agreed on (§4.8.1).',
    edits: [dynamo('members.ts', 'other.version <= member.version', 'other.version >= member.version')],
  },
]
