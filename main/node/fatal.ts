/** Why a process cannot go on. Told to the engine over the launcher's channel; the exit code says which kind it was. */

/** After sysexits.h. */
export const ExitCode = { good: 0, corruptDisk: 65, bug: 70, disk: 74, locked: 75, settings: 78 } as const

export class FatalError extends Error {
  override readonly name = 'FatalError'
  readonly exitCode: number
  /** The next move, in one sentence. */
  readonly hint: string | undefined

  constructor(exitCode: number, message: string, hint?: string) {
    super(message)
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** What anything thrown means for the process: what is not a FatalError is a bug. */
export function fatal(error: unknown): FatalError {
  if (error instanceof FatalError) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new FatalError(ExitCode.bug, text, 'This is a bug: please report it with the run file.')
}

/** What a failed call on the file system means, in words that name the place and the next move. */
export function diskFailure(doing: string, place: string, error: unknown): FatalError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  const [why, hint] = DISK_WORDS[code] ?? [`the system says ${code}`, 'Check the disk that holds the data folder.']
  return new FatalError(ExitCode.disk, `Cannot ${doing} ${place}: ${why} (${code}).`, hint)
}

const DISK_WORDS: { readonly [code: string]: readonly [string, string] } = {
  ENOSPC: ['the disk is full', 'Free some space, then restart the node: nothing that it had confirmed is lost.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, then restart the node: nothing that it had confirmed is lost.'],
  EROFS: ['the file system is read-only', 'Choose a data folder that can be written to.'],
  EACCES: ['permission is denied', 'Choose a data folder that you may write to.'],
  EPERM: ['permission is denied', 'Choose a data folder that you may write to.'],
  EIO: ['the disk reports a failure', 'The disk may be broken: save what you can.'],
  ENOTDIR: ['a file stands where a folder should', 'Move the file away or choose another data folder.'],
}
