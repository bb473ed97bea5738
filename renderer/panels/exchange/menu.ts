/** The formats in which a run goes out, as a menu. */
import { Download } from '@lucide/vue'
import type { RunSummary } from '../../../main/contract/commands.ts'
import type { MenuItem } from '../../components/menu.ts'
import type { useExchange } from '../../stores/exchange.ts'

export const exportMenu = (exchange: ReturnType<typeof useExchange>, summary: RunSummary): MenuItem => ({
  text: 'Export',
  icon: Download,
  disabled: summary.status === 'unreadable',
  items: exchange.formats.map((format) => ({
    text: format.title,
    detail: `.${format.extension.split('.').at(-1)}`,
    run: () => exchange.exportRun(summary, format),
  })),
})
