/**
 * The recorder as lab.ts sees it: a thread of its own that puts the feed into causal order, numbers the events and
 * keeps them in one SQLite file a run. The library is the folder of those files; reading them is the work of the replay
 * thread (main/replayThread.ts), so that a long search never stands in the way of recording.
 */
export { defaultDataFolder } from './dataFolder.ts'
export { headerOf, ownConfig, type RecorderReport, type RunHeader } from './header.ts'
export { type LibraryOptions, openLibrary, type RunLibrary } from './library.ts'
export { RunReader } from './reader.ts'
export { type RecorderOptions, type RecorderThread, startRecorder, startRecorderThread } from './thread.ts'
