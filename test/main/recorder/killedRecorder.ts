/** A process that records a made-up run without end and says, on standard output, which event it knows to be in the file; made to be killed. */
import { MessageChannel } from 'node:worker_threads'
import { startRecorder } from '../../../main/recorder/thread.ts'
import { toyHeader } from './runFiles.ts'
import { merge, toyRun } from './toyRun.ts'

const { port1, port2 } = new MessageChannel()
await startRecorder({
  feed: port1,
  file: process.argv[2] as string,
  header: toyHeader,
  onReport: ({ lastSeq }) => process.stdout.write(`${lastSeq}\n`),
})
for (let seed = 1; ; seed++) {
  // Each batch closes its taps, so lives of later ones are those of earlier ones: what counts here is only how much is kept.
  for (const feed of merge(toyRun(seed, 200), seed).batches) port2.postMessage({ feed }, [feed.buffer])
  await new Promise((resolve) => setTimeout(resolve, 5))
}
