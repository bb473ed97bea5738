/** `npm run mutants [name ...]`: plants classic mistakes in the protocols and lets `sim` find them; test/mutants/main.ts says more. */
import { run } from './child.mjs'
import { typeScriptFlags, underRightNode } from './node.mjs'
import { at, command } from './place.mjs'
import { makeReady } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  await makeReady()
  const flags = typeScriptFlags(process.versions.node)
  const { code } = await run(process.execPath, [...flags, at('test', 'mutants', 'main.ts'), ...process.argv.slice(2)])
  return code
})
