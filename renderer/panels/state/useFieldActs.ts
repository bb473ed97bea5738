/** What can be done with a field in a node's state: asked when it changed, watched under the timeline. */
import { Eye, History } from '@lucide/vue'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { MenuEntry } from '../../components/menu.ts'
import { useFieldChanges } from '../../stores/fieldChanges.ts'
import { useLayout } from '../../stores/layout.ts'
import { useNotices } from '../../stores/notices.ts'
import { useWatches } from '../../stores/watches.ts'

export function useFieldActs() {
  const changes = useFieldChanges()
  const watches = useWatches()
  const layout = useLayout()
  const notices = useNotices()

  function watch(text: string): void {
    const refused = watches.add(text)
    if (refused !== undefined) notices.tell(refused)
  }

  function ask(node: NodeId, path: string): void {
    layout.show('state')
    void changes.ask(node, path)
  }

  const of =
    (node: NodeId) =>
    (path: string): readonly MenuEntry[] => [
      { text: 'When did this change?', icon: History, run: () => ask(node, path) },
      '-',
      { text: `Watch ${node}.${path}`, icon: Eye, run: () => watch(`${node}.${path}`) },
      { text: `Watch *.${path}`, icon: Eye, detail: 'all nodes', run: () => watch(`*.${path}`) },
    ]

  return { of, ask, watch }
}
