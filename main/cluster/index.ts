/**
 * The cluster as lab.ts sees it: the processes of one live run. It starts them, ends them, and says what became of
 * them. It records, through the proxy's feed: node changes, output lines, and the actions `node` and `load`. (Arming,
 * lifting, releasing and the time scale are recorded by the proxy, the run's end by the lab.)
 */

export type { ProcessEntries } from './entries.ts'
export { processEntries } from './entries.ts'
export { forkLauncher } from './fork.ts'
export type { NodeLauncher, ProcessExit, ProcessHandle, ProcessListeners } from './launcher.ts'
export type { NodeState } from './node.ts'
export { SpareProcesses } from './spare.ts'
export type { ClusterNetwork, ClusterSettings, OperationAnswer } from './supervisor.ts'
export { Supervisor } from './supervisor.ts'
