/**
 * What can be broken, as commands: every node and every link by name, so that whoever knows what they want types it and
 * never has to find it in the drawing. Taken from the same menus that a right click opens.
 */
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { Breakable } from '../../stores/breaking.ts'
import type { Command } from '../../stores/commands.ts'
import { type Acts, menuFor, menuTitle } from '../faults/menu.ts'

export function breakCommands(now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): Command[] {
  const there = nodes.filter((node) => now?.nodes.get(node)?.status !== 'empty')
  const subjects: Breakable[] = [
    ...nodes.map((node): Breakable => ({ kind: 'node', node })),
    ...there.flatMap((from) => there.filter((to) => to !== from).map((to): Breakable => ({ kind: 'link', from, to }))),
  ]
  return subjects.flatMap((subject) =>
    menuFor(subject, now, nodes, acts).flatMap((entry): Command[] => {
      if (entry === '-' || !('text' in entry) || entry.disabled || entry.text.startsWith('Lift')) return []
      const title = named(entry.text, subject)
      return [{ id: `break.${menuTitle(subject)}.${title}`, title, group: 'Break', run: () => entry.run?.() }]
    }),
  )
}

/** In a menu the subject is known; alone, an entry has to name it. */
function named(text: string, subject: Breakable): string {
  const title = menuTitle(subject)
  const names = subject.kind === 'link' ? [subject.from, subject.to] : [title]
  if (names.every((name) => text.split(/[ ,…]/).includes(name))) return text
  return `${subject.kind === 'node' ? `Links of ${title}` : title}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
