/** The programs of the engine's threads, by name: where the source of each is, from `main/`. The build makes one file of each. */
export const threadSources = {
  proxy: 'proxy/worker.ts',
  recorder: 'recorder/worker.ts',
  replay: 'replayThread.ts',
  sweep: 'simulate/sweepWorker.ts',
  simulate: 'simulate/liveWorker.ts',
  futures: 'futures/worker.ts',
  branch: 'branch/worker.ts',
  compare: 'compare/worker.ts',
  check: 'check/worker.ts',
  exchange: 'exchange/worker.ts',
} as const
