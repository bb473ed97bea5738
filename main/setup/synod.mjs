#!/usr/bin/env node
/** `npx synod ...`: the command line, set up as far as needed. */
import { underRightNode } from './node.mjs'
import { command } from './place.mjs'
import { makeReady, runBuilt } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  await makeReady()
  return (await runBuilt('cli.js', process.argv.slice(2))).code
})
