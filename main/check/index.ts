/** The judge of histories as lab.ts sees it. The algorithm is pure and lives in protocols/check; here are files, runs and the thread. */
export { report } from './report.ts'
export { RunHistory } from './runHistory.ts'
export { type JudgeOptions, judgeFile, judgeRun } from './thread.ts'
