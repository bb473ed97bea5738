/** What the processes of nodes and of clients have in common: settings, the word to the engine, and how they end. */
import { type ClientsSettings, LATER, type NodeSettings, SETTINGS_VARIABLE } from '../contract/process.ts'
import { ExitCode, FatalError, fatal } from './fatal.ts'
import { type Parent, parentChannel } from './parent.ts'
import { StoppedSiblings } from './stoppedSiblings.ts'

/** Long enough for a last word over the launcher's channel. */
const LAST_WORD_MS = 500

/** Reads the settings from the environment, or waits for them where that says so. Rejects with a FatalError when they are not there. */
export async function readSettings<S extends NodeSettings | ClientsSettings>(as: S['as'], parent: Parent): Promise<S> {
  const found = process.env[SETTINGS_VARIABLE]
  const text = found === LATER ? await told(parent) : found
  const hint = 'Start it from the lab: it does not run by itself.'
  if (text === undefined)
    throw new FatalError(ExitCode.settings, `This is the program of a lab's ${as}; it finds no ${SETTINGS_VARIABLE}.`, hint)
  const settings = JSON.parse(text) as S
  if (settings.as !== as)
    throw new FatalError(ExitCode.settings, `This is the program of a lab's ${as}, and its settings are for a ${settings.as}.`, hint)
  return settings
}

const told = (parent: Parent): Promise<string> =>
  new Promise((resolve) => parent.onMessage((message) => message.kind === 'be' && resolve(message.settings)))

/**
 * Runs the program of a process until the engine ends it. A process without its engine ends at once, and ends first those of
 * its siblings that are stopped: no orphan outlives the lab. Whatever is thrown is told to the engine, and ends the process with an exit code that says of which kind it was.
 */
export function runProcess(main: (parent: Parent) => Promise<void>, beforeDeath: (error: FatalError) => void = () => {}): void {
  const parent = parentChannel()
  let isDying = false
  const die = (thrown: unknown) => {
    if (isDying) return
    isDying = true
    const error = fatal(thrown)
    process.exitCode = error.exitCode
    setTimeout(() => process.exit(), LAST_WORD_MS)
    try {
      beforeDeath(error)
    } catch {
      // it dies of the first error
    }
    console.error(error.hint === undefined ? error.message : `${error.message} ${error.hint}`)
    const word = { kind: 'fatal', message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) } as const
    void (parent?.send(word) ?? Promise.resolve()).then(() => process.exit())
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
  // Ctrl-C and a terminal that closes reach the whole group: the engine ends its processes in good order
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  if (!parent) return die(new FatalError(ExitCode.settings, 'Nobody started this process who would hear it.', 'Start it from the lab.'))
  endStoppedSiblings(parent)
  parent.onGone(() => process.exit(ExitCode.good))
  main(parent).catch(die)
}

/** A process that was not told to stop ends in good order for one reason only: its engine is gone, heard by whatever connection told it first. */
function endStoppedSiblings(parent: Parent): void {
  const siblings = new StoppedSiblings()
  let isToStop = false
  parent.onMessage((message) => {
    if (message.kind === 'stopped') siblings.set(message.pids)
    if (message.kind === 'stop') isToStop = true
  })
  process.on('exit', (code) => {
    if (code === ExitCode.good && !isToStop) siblings.end()
  })
}
