/** A process that holds a library until it is killed. */
import { openLibrary } from '../../../main/recorder/library.ts'

const library = openLibrary(process.argv[2] as string)
process.send?.('held')
// Held on to, or the collector would close what nobody can reach, and let go of the lock.
setInterval(() => library.dataFolder, 1000)
