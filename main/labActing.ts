/** What is done to the run that is live, as the lab answers for it. */
import type { RunId } from '../protocols/core/ids.ts'
import type { Handlers } from './labBorder.ts'
import type { LiveRun } from './liveRun.ts'

type Commands =
  | 'run.client'
  | 'run.load'
  | 'run.node'
  | 'run.tell'
  | 'run.clock'
  | 'run.disk'
  | 'run.arm'
  | 'run.lift'
  | 'run.heal'
  | 'run.release'
  | 'run.timeScale'

/** `live` throws a LabError where the run is not live. */
export function actingCommands<From>(live: (run: RunId) => LiveRun): Pick<Handlers<From>, Commands> {
  return {
    'run.client': ({ run, text, by, of }) => live(run).operate(text, { by, of }),
    'run.load': async ({ run, load }) => done(await live(run).setLoad(load)),
    'run.node': async ({ run, node, action }) => done(await live(run).act(node, action)),
    'run.tell': async ({ run, node, control }) => done(await live(run).tell(node, control)),
    'run.clock': async ({ run, node, ...setting }) => done(await live(run).setClock(node, setting)),
    'run.disk': async ({ run, node, syncMs }) => done(await live(run).setSync(node, syncMs ?? undefined)),
    'run.arm': ({ run, fault }) => live(run).arm(fault),
    'run.lift': async ({ run, fault }) => done(await live(run).lift(fault as never)),
    'run.heal': async ({ run }) => done(await live(run).heal()),
    'run.release': async ({ run, fault, message }) => ({ released: await live(run).release(fault as never, message as never) }),
    'run.timeScale': async ({ run, scale }) => done(await live(run).setTimeScale(scale)),
  }
}

/** For commands that answer nothing. */
export const done = (_: unknown): null => null
