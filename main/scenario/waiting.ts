/** Waiting for whom a step names, and for what they show. Where it was in vain, it is said what was missing at the end. */
import type { Moment } from '../../protocols/core/moment.ts'
import type { FactTest } from './format.ts'
import { factHolds, factShown, NobodyYetError, type Words } from './resolve.ts'
import { type Deadline, type Stage, TooLateError } from './stage.ts'

/** What `look` finds as soon as everybody whom it names is there: nobody may lead just now, and somebody soon. */
export async function onceThere<T>(stage: Stage, look: (moment: Moment) => T, deadline: Deadline): Promise<T> {
  let missing = ''
  const meant = (): { readonly found: T } | undefined => {
    try {
      return { found: look(stage.moment) }
    } catch (error) {
      if (!(error instanceof NobodyYetError)) throw error
      missing = error.message
      return undefined
    }
  }
  const { found } = await inVain(() => missing, stage.until(meant, deadline))
  return found
}

export async function untilFact(stage: Stage, test: FactTest, words: Words, deadline: Deadline): Promise<void> {
  await inVain(
    () => factShown(test, words, stage.moment),
    stage.until(() => factHolds(test, words, stage.moment), deadline),
  )
}

/** `waited`, or why it was too late. */
async function inVain<T>(why: () => string, waited: Promise<T>): Promise<T> {
  try {
    return await waited
  } catch (error) {
    throw error instanceof TooLateError ? new TooLateError(error.whole, why()) : error
  }
}
