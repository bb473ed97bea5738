/** Is what was made older than what it was made from? Asked of the installed packages and of the build. */
import fs from 'node:fs'
import path from 'node:path'
import { at } from './place.mjs'

/** When a file was last changed, in ms; undefined when it is not there. @param {string} file */
const changedAt = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs

/** The newest change in files and folders, in ms. A folder's own time counts too: it tells of files that were taken away. @param {string[]} places @returns {number} */
export function newestChange(places) {
  let newest = 0
  for (const place of places) {
    const stat = fs.statSync(place, { throwIfNoEntry: false })
    if (!stat) continue
    newest = Math.max(newest, stat.mtimeMs)
    if (!stat.isDirectory()) continue
    for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
      if (entry.isDirectory()) newest = Math.max(newest, newestChange([path.join(place, entry.name)]))
      else newest = Math.max(newest, changedAt(path.join(place, entry.name)) || 0)
    }
  }
  return newest
}

/** @param {string} folder the checkout */
export function needsInstall(folder = at()) {
  const installed = changedAt(path.join(folder, 'node_modules', '.package-lock.json')) // npm writes it last
  return installed === undefined || installed < (changedAt(path.join(folder, 'package-lock.json')) || 0)
}

/** What the build is made from. */
export const sources = ['main', 'protocols', 'renderer', 'vite.config.ts', 'package.json', 'package-lock.json']

/** @param {string} folder the checkout */
export function needsBuild(folder = at()) {
  const built = changedAt(path.join(folder, 'dist', '.built')) // the time at which the build began
  return built === undefined || built < newestChange(sources.map((name) => path.join(folder, name)))
}
