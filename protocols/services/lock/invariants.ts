/** Mutual exclusion, seen from the lock and from what it guards: judged on every replica's state, whatever its clients saw. */
import type { ServiceInvariant } from '../../core/service.ts'
import { fresh, type Lock, type LockState } from './state.ts'

/** The first complaint about a lock that is not what it was. */
function ofChanged(
  before: LockState,
  after: LockState,
  judge: (name: string, was: Lock | undefined, now: Lock) => string | undefined,
): string | undefined {
  for (const [name, now] of after) {
    const was = before.get(name)
    const text = was === now ? undefined : judge(name, was, now)
    if (text !== undefined) return text
  }
  return undefined
}

export const invariants: readonly ServiceInvariant<LockState>[] = [
  {
    name: 'Rising Tokens',
    statement: 'Whoever is granted a lock after somebody else has a higher token, and tokens never fall.',
    source: 'Kleppmann 2016; Chubby §2.4, sequencers',
    judge: (before, after) =>
      ofChanged(before, after, (name, was, now) => {
        if (!was) return undefined
        if (now.token < was.token) return `The token of lock ${name} falls from ${was.token} to ${now.token}.`
        return now.token === was.token && now.holder !== null && now.holder !== was.holder
          ? `Lock ${name} is granted to ${now.holder} with token ${now.token}, which ${was.holder ?? 'somebody else'} had before.`
          : undefined
      }),
  },
  {
    name: 'Fenced Writes',
    statement: 'What a lock guards takes no write with an older token than it has seen: at most one holder at a time writes to it.',
    source: 'Kleppmann 2016, “Making the lock safe with fencing”',
    judge: (before, after) =>
      ofChanged(before, after, (name, was = fresh, { resource: now }) => {
        const { resource } = was
        if (now.token >= now.after || (now.value === resource.value && now.token === resource.token)) return undefined
        const lost = resource.token === now.after ? `, and "${resource.value}" is lost, which was written with that` : ''
        return `What lock ${name} guards takes "${now.value}" with token ${now.token} after it has seen token ${now.after}${lost}.`
      }),
  },
]
