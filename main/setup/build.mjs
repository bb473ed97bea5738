/** `npm run build`: the renderer, the hosts and the programs of the child processes, into dist/. */
import { underRightNode } from './node.mjs'
import { command } from './place.mjs'
import { buildAll, makeReady } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  await makeReady({ build: false })
  await buildAll()
  return 0
})
