/**
 * Classic mistakes in PBFT, each a small edit of the source. `sim` must find every one of them: by an invariant of the
 * protocol, by what its clients saw, or because it does nothing any more.
 */
import type { Edit, Mistake } from './plant.ts'

const pbft = (file: string, find: string, replace: string): Edit => ({ file: `protocols/pbft/${file}`, find, replace })

export const mistakes: readonly Mistake[] = [
  {
    name: 'execute-at-prepared',
    what: 'A number is executed as soon as it is prepared: a view change among others need not know of it (§4.2).',
    edits: [
      pbft('normal.ts', 'if (matching.length < quorum(state)) return', 'if (matching.length < 1) return'),
      pbft('certificates.ts', 'if (commits.length < quorum(cluster)) return', 'if (commits.length < 1) return'),
    ],
  },
  {
    name: 'prepared-by-f-plus-1',
    what: 'f + 1 of 3f + 1 are enough to prepare: a primary that says different things to different backups prepares both (§4.2).',
    edits: [
      pbft('normal.ts', 'const needed = quorum(state) - 1', 'const needed = quorum(state) - 2'),
      pbft('certificates.ts', 'if (prepares.length < quorum(cluster) - 1)', 'if (prepares.length < quorum(cluster) - 2)'),
    ],
  },
  {
    name: 'second-pre-prepare',
    what: 'A backup accepts other requests for a number that it has accepted before in this view (§4.2).',
    edits: [
      pbft('normal.ts', 'if (accepted && accepted.d !== d)', 'if (accepted && accepted.d !== d && n < 0)'),
      pbft(
        'normal.ts',
        'if (slotAt(state, n).prePrepare) return checkPrepared(turn, n)',
        'if (slotAt(state, n).prePrepare?.d === d) return checkPrepared(turn, n)',
      ),
    ],
  },
  {
    name: 'unsigned-requests',
    what: 'Backups do not ask whether the client signed what the primary proposes (§4.2).',
    edits: [
      pbft(
        'normal.ts',
        'const forged = batch.find((request) => !isSignedByClient(request))',
        'const forged = batch.find((request) => request.timestamp < 0)',
      ),
    ],
  },
  {
    name: 'votes-for-anything',
    what: 'Prepares are counted whatever digest they are for (§4.2).',
    edits: [pbft('normal.ts', 'prepare.v === v && prepare.d === d ? [prepare]', 'prepare.v === v ? [prepare]')],
  },
  {
    name: 'unverified-votes',
    what: 'Nobody looks at the signature of a Prepare or Commit: one replica speaks for all (§2).',
    edits: [
      pbft(
        'normal.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the source
        'return isSignedBy(m.i, m) ? undefined : `it is not signed by ${m.i}`\n}\n\n/** prepared',
        'return undefined\n}\n\n/** prepared',
      ),
    ],
  },
  {
    name: 'prepared-not-persisted',
    what: 'A replica forgets in a crash what was prepared with it, and its ViewChange says nothing of it (§4.4).',
    edits: [pbft('storage.ts', 'if (slot.prepared && slot.prepared !== prepared) kept.prepared = slot.prepared\n', '')],
  },
  {
    name: 'pre-prepare-not-persisted',
    what: 'A primary forgets in a crash which numbers it gave, and gives them again (§4.2).',
    edits: [pbft('storage.ts', 'if (slot.prePrepare && slot.prePrepare !== prePrepare) kept.prePrepare = slot.prePrepare\n', '')],
  },
  {
    name: 'view-not-persisted',
    what: 'A replica forgets in a crash that it asked for a later view, and goes on in the old one (§4.4).',
    edits: [pbft('storage.ts', '    if (view !== undefined) state.view = view\n', '')],
  },
  {
    name: 'certificates-dropped',
    what: 'What was prepared in an earlier view is forgotten when a view begins: it must stay until it is prepared again or checkpointed (§4.4).',
    edits: [
      pbft(
        'newView.ts',
        '    const { prePrepare, prepares, commits, ...rest } = slot',
        '    const { prePrepare, prepares, commits, prepared: _, ...rest } = slot',
      ),
    ],
  },
  {
    name: 'lowest-view-wins',
    what: 'Of two certificates for a number the new view takes that of the lower view (§4.4).',
    edits: [pbft('newView.ts', 'if (!other || v > other.prePrepare.v)', 'if (!other || v < other.prePrepare.v)')],
  },
  {
    name: 'last-number-left-out',
    what: 'The new view goes up to the number before the last that was prepared (§4.4).',
    edits: [pbft('newView.ts', 'Array.from({ length: maxS - minS }', 'Array.from({ length: Math.max(0, maxS - minS - 1) }')],
  },
  {
    name: 'new-view-unchecked',
    what: 'Backups believe the new primary what follows from its ViewChanges (§4.4).',
    edits: [
      pbft('newView.ts', 'if (O.length !== digests.length) return', 'if (O.length < 0) return'),
      pbft(
        'newView.ts',
        'if (prePrepare.v !== v || prePrepare.n !== n || prePrepare.d !== d) return',
        'if (prePrepare && prePrepare.v !== v) return',
      ),
      pbft(
        'newView.ts',
        'if (!isSignedBy(primaryOf(cluster, v), prePrepare)) return',
        'if (prePrepare && !isSignedBy(primaryOf(cluster, v), prePrepare)) return',
      ),
    ],
  },
  {
    name: 'certificates-unchecked',
    what: 'A ViewChange is believed what it says was prepared, whoever signed it (§4.4).',
    edits: [pbft('certificates.ts', 'const why = wrongPrepared(cluster, prepared)\n    if (why !== undefined) return why\n', '')],
  },
  {
    name: 'first-checkpoint-counts',
    what: 'Of two Checkpoints of one replica the first counts, and the proof that others show with its second is turned down: a liar keeps a replica behind (§4.3).',
    edits: [pbft('checkpoints.ts', '?.[m.i]?.d === m.d) return', '?.[m.i]) return')],
  },
  {
    name: 'checkpoint-by-f-plus-1',
    what: 'f + 1 equal Checkpoints make one stable: a view change may not find it with anybody (§4.3).',
    edits: [
      pbft(
        'checkpoints.ts',
        '.slice(0, quorum(state))\n    if (proof.length === quorum(state))',
        '.slice(0, quorum(state) - 1)\n    if (proof.length === quorum(state) - 1)',
      ),
      pbft('certificates.ts', 'if (proof.length < quorum(cluster)) return', 'if (proof.length < quorum(cluster) - 1) return'),
    ],
  },
  {
    name: 'replies-not-in-checkpoint',
    what: 'The last replies are no part of the checkpoint: who fetches the state executes again what clients repeat (§4.3).',
    edits: [pbft('snapshot.ts', 'replies: Object.fromEntries(replies),', 'replies: {},')],
  },
  {
    name: 'state-unchecked',
    what: 'A fetched state is taken as it comes, without a look at its digest (§4.3).',
    edits: [pbft('install.ts', 'if (digestText(whole) === d) return', 'if (whole !== d) return')],
  },
  {
    name: 'request-executed-twice',
    what: 'A request that was given two numbers is executed twice (§4.1).',
    edits: [pbft('execute.ts', 'if (last && timestamp <= last.timestamp) continue', 'if (last && timestamp < last.timestamp) continue')],
  },
  {
    name: 'client-believes-one',
    what: 'A client takes the first answer that comes, from whomever (§4.1).',
    edits: [
      {
        file: 'protocols/clients/witness.ts',
        find: 'if (alike.length < this.#world.accepts) return',
        replace: 'if (alike.length < 1) return',
      },
    ],
  },
  {
    name: 'timer-for-anything',
    what: 'A backup’s timer begins anew with everything that it hears, not with what was executed: a primary that does not serve stays (§4.4).',
    edits: [pbft('patience.ts', "if (waits !== (state.waiting === 'execution')) setPatience", 'setPatience')],
  },
  {
    name: 'no-follow',
    what: 'A replica joins no view change that f + 1 others ask for; it waits for its own timer (§4.5.2).',
    edits: [pbft('viewChange.ts', 'if (later.length >= weakQuorum(state)) {', 'if (later.length > state.nodes.length) {')],
  },
  {
    name: 'no-high-mark',
    what: 'Numbers are accepted however far above the last stable checkpoint (§4.2).',
    edits: [pbft('quorums.ts', 'n > state.stable.n && n <= highMark(state)', 'n > state.stable.n')],
  },
]
