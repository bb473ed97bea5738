/** What the replay thread and its holder say to each other. */
import type { MessageId, RunId } from '../../protocols/core/ids.ts'
import type { ParsedRequest, Verdict } from '../contract/commands.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { PanelQuestion, SinceQuestion } from './panels.ts'

export type Asked =
  | { readonly ask: 'open'; readonly run: RunId; readonly file: string }
  | { readonly ask: 'overview'; readonly live: boolean }
  | { readonly ask: 'events'; readonly request: Omit<ParsedRequest<'run.events'>, 'run'> }
  | { readonly ask: 'event'; readonly seq: number }
  | { readonly ask: 'find'; readonly request: Omit<ParsedRequest<'run.find'>, 'run'> }
  | { readonly ask: 'pick'; readonly seqs: readonly number[] }
  | { readonly ask: 'message'; readonly message: MessageId }
  | { readonly ask: 'causes'; readonly seq: number }
  | { readonly ask: 'moment'; readonly seq: number }
  | { readonly ask: 'seek'; readonly atUs: number }
  | { readonly ask: 'columns'; readonly from: number; readonly rows: number | undefined }
  | { readonly ask: 'panel'; readonly request: PanelQuestion }
  | { readonly ask: 'since'; readonly request: SinceQuestion }
  | { readonly ask: 'states'; readonly seq: number; readonly whole: boolean }
  | { readonly ask: 'prepare' }
  | { readonly ask: 'bookmarks' }
  | { readonly ask: 'statePart'; readonly request: Omit<ParsedRequest<'run.state.part'>, 'run'> }
  | { readonly ask: 'diff'; readonly request: Omit<ParsedRequest<'run.diff'>, 'run'> }
  | { readonly ask: 'changes'; readonly request: Omit<ParsedRequest<'run.changes'>, 'run'> }
  | { readonly ask: 'lane'; readonly request: Omit<ParsedRequest<'run.lane'>, 'run'> }
  | { readonly ask: 'check' }
  | { readonly ask: 'follow'; readonly on: boolean }
  | { readonly ask: 'close' }

/** `view` numbers the open recordings, `id` the questions. */
export type ToReplay = { readonly view: number; readonly id: number } & Asked

export type FromReplay =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: LabFailure }
  | { readonly run: RunId; readonly verdict: Verdict }
  | { readonly run: RunId; readonly trouble: LabFailure }
