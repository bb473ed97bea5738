/** What is asked of recordings, as the lab answers for it: in the thread that reads them, and of states in another. */
import type { RunId } from '../protocols/core/ids.ts'
import type { Handlers } from './labBorder.ts'
import type { Views } from './labViews.ts'

type Commands =
  | 'run.overview'
  | 'run.events'
  | 'run.find'
  | 'run.pick'
  | 'run.message'
  | 'run.event'
  | 'run.moment'
  | 'run.seek'
  | 'run.columns'
  | 'run.states'
  | 'run.state.part'
  | 'run.diff'
  | 'run.changes'
  | 'run.lane'
  | 'run.panel'
  | 'run.panel.since'

export function readingCommands<From>(views: Views, isLive: (run: RunId) => boolean): Pick<Handlers<From>, Commands> {
  const view = (run: RunId) => views.get(run)
  const states = (run: RunId) => views.states(run)
  return {
    'run.overview': async ({ run }) => await (await view(run)).overview(isLive(run)),
    'run.events': async ({ run, ...request }) => await (await view(run)).events(request),
    'run.find': async ({ run, ...request }) => await (await view(run)).find(request),
    'run.pick': async ({ run, seqs }) => await (await view(run)).pick(seqs),
    'run.message': async ({ run, message }) => await (await view(run)).message(message),
    'run.event': async ({ run, seq }) => await (await view(run)).causes(seq),
    'run.moment': async ({ run, seq }) => await (await view(run)).moment(seq),
    'run.seek': async ({ run, atUs }) => await (await view(run)).seek(atUs),
    'run.columns': async ({ run, from, rows }) => await (await view(run)).columns(from, rows),
    'run.states': async ({ run, seq, whole }) => await (await states(run)).states(seq, whole),
    'run.state.part': async ({ run, ...request }) => await (await states(run)).statePart(request),
    'run.diff': async ({ run, ...request }) => await (await states(run)).diff(request),
    'run.changes': async ({ run, ...request }) => await (await states(run)).changes(request),
    'run.lane': async ({ run, ...request }) => await (await states(run)).lane(request),
    'run.panel': async ({ run, ...request }) => await (await states(run)).panel(request),
    'run.panel.since': async ({ run, ...request }) => await (await states(run)).since(request),
  }
}
