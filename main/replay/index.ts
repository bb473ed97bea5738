/**
 * The replay thread as lab.ts sees it: everything that reads a recording, live or not. It answers what the timeline, the
 * event log and the inspector ask, rebuilds states by running the recorded inputs again, and judges the invariants.
 */
export { type ReplayOptions, type ReplayThread, type RunView, startReplay } from './thread.ts'
