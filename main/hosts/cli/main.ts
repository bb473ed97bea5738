/**
 * The command line: the lab without a window. Results go to standard output, progress and complaints to standard error.
 * Exit codes: 0 good, 1 a verdict against the run, 2 wrong usage, 3 the lab itself failed.
 */
import { outliveReaders } from '../../ending.ts'
import { commandLine } from './commandLine.ts'
import { Exit } from './terminal.ts'

// `events | head` closes the pipe when it has enough: that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') console.error(`Standard output cannot be written: ${error.message}.`)
  process.exit(error.code === 'EPIPE' ? Exit.good : Exit.lab)
})
outliveReaders(process.stderr)
await commandLine().parseAsync()
