/** A process that holds a library until it is killed. */
import { openLibrary } from '../../../main/recorder/library.ts'

openLibrary(process.argv[2] as string)
process.send?.('held')
setInterval(() => undefined, 1000)
