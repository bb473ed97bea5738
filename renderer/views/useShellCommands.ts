/** The commands of the window itself: playing, finding, breaking, arranging. Panels register their own beside these. */
import { watch } from 'vue'
import type { FormatInfo } from '../../main/contract/exchange.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import { smallestFailing } from '../model/shrunk.ts'
import { nextTimeScale } from '../model/timeScale.ts'
import { useBeside } from '../stores/beside.ts'
import { useBookmarks } from '../stores/bookmarks.ts'
import { useBranching } from '../stores/branching.ts'
import { type Command, useCommands } from '../stores/commands.ts'
import { useCompare } from '../stores/compare.ts'
import { useExchange } from '../stores/exchange.ts'
import { useFaults } from '../stores/faults.ts'
import { useHistory } from '../stores/history.ts'
import { useLab } from '../stores/lab.ts'
import { PANELS, type PanelId, useLayout } from '../stores/layout.ts'
import { useLibrary } from '../stores/library.ts'
import { useNotices } from '../stores/notices.ts'
import { SPEEDS, usePlayback } from '../stores/playback.ts'
import { useRefusals } from '../stores/refusals.ts'
import { useRun } from '../stores/run.ts'
import { useSeats } from '../stores/seats.ts'
import { useSelection } from '../stores/selection.ts'
import { useSpan } from '../stores/span.ts'
import { useStarting } from '../stores/starting.ts'
import { useStatePins } from '../stores/statePins.ts'
import { useTheme } from '../stores/theme.ts'
import { useWatches } from '../stores/watches.ts'

export function useShellCommands(): void {
  const commands = useCommands()
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const faults = useFaults()
  const seats = useSeats()
  useRefusals()
  const beside = useBeside()
  const starting = useStarting()
  const selection = useSelection()
  const layout = useLayout()
  const library = useLibrary()
  const exchange = useExchange()
  const theme = useTheme()
  const notices = useNotices()
  const history = useHistory()
  const span = useSpan()
  const bookmarks = useBookmarks()
  const watches = useWatches()
  const pins = useStatePins()
  const branching = useBranching()
  const compare = useCompare()

  const open = () => run.isOpen
  const selectedNode = (): NodeId | undefined => {
    const selected = selection.selected
    return selected?.kind === 'node' && selected.node !== 'clients' ? selected.node : undefined
  }
  const stepNode = (direction: 1 | -1) => {
    const node = selectedNode()
    if (node !== undefined) return playback.stepNode(node, direction)
    notices.tell('Select a node to step along its events.')
  }
  const speedBy = (by: 1 | -1) => {
    const at = SPEEDS.findLastIndex((speed) => speed <= playback.speed)
    playback.setSpeed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))] ?? 1)
  }

  const slowBy = (by: 1 | -1) => faults.setTimeScale(nextTimeScale(run.now?.timeScale ?? 1, by))

  const play: Command[] = [
    { id: 'playback.toggle', title: 'Play or pause', group: 'Playback', keys: ['Space'], enabled: open, run: playback.toggle },
    {
      id: 'playback.forward',
      title: 'Step one event forward',
      group: 'Playback',
      keys: ['ArrowRight'],
      enabled: open,
      run: () => playback.stepBy(1),
    },
    {
      id: 'playback.back',
      title: 'Step one event back',
      group: 'Playback',
      keys: ['ArrowLeft'],
      enabled: open,
      run: () => playback.stepBy(-1),
    },
    {
      id: 'playback.nodeForward',
      title: 'Next event of the selected node',
      group: 'Playback',
      keys: ['Shift+ArrowRight'],
      enabled: open,
      run: () => stepNode(1),
    },
    {
      id: 'playback.nodeBack',
      title: 'Last event of the selected node',
      group: 'Playback',
      keys: ['Shift+ArrowLeft'],
      enabled: open,
      run: () => stepNode(-1),
    },
    {
      id: 'playback.nextFault',
      title: 'To the next fault or violation',
      group: 'Playback',
      keys: [']'],
      enabled: open,
      run: () => playback.stepMark(1),
    },
    {
      id: 'playback.lastFault',
      title: 'To the last fault or violation',
      group: 'Playback',
      keys: ['['],
      enabled: open,
      run: () => playback.stepMark(-1),
    },
    {
      id: 'bookmarks.mark',
      title: 'Bookmark the playhead, with a note',
      group: 'Playback',
      keys: ['M'],
      enabled: open,
      run: () => bookmarks.mark(),
    },
    { id: 'bookmarks.next', title: 'To the next bookmark', group: 'Playback', keys: ['}'], enabled: open, run: () => bookmarks.step(1) },
    { id: 'bookmarks.last', title: 'To the last bookmark', group: 'Playback', keys: ['{'], enabled: open, run: () => bookmarks.step(-1) },
    {
      id: 'watches.add',
      title: 'Watch a value under the timeline',
      group: 'View',
      keys: ['W'],
      enabled: open,
      run: () => {
        watches.adding = true
      },
    },
    {
      id: 'state.pinA',
      title: 'Compare states: pin the state at the playhead as A',
      group: 'View',
      enabled: open,
      run: () => {
        layout.show('state')
        pins.pin('a')
      },
    },
    { id: 'playback.start', title: 'To the beginning', group: 'Playback', keys: ['Home'], enabled: open, run: () => playback.jumpTo(0, 0) },
    {
      id: 'playback.end',
      title: 'To the end, live while the run lives',
      group: 'Playback',
      keys: ['End'],
      enabled: open,
      run: playback.goLive,
    },
    { id: 'playback.faster', title: 'Play faster', group: 'Playback', keys: ['+', '='], enabled: open, run: () => speedBy(1) },
    { id: 'playback.slower', title: 'Play slower', group: 'Playback', keys: ['-'], enabled: open, run: () => speedBy(-1) },
  ]
  const brush: Command[] = [
    {
      id: 'span.from',
      title: 'Brush from the playhead on, in all views',
      group: 'Playback',
      keys: ['('],
      enabled: open,
      run: () => span.choose(playback.atUs, span.shown.toUs),
    },
    {
      id: 'span.to',
      title: 'Brush up to the playhead, in all views',
      group: 'Playback',
      keys: [')'],
      enabled: open,
      run: () => span.choose(span.shown.fromUs, playback.atUs),
    },
    {
      id: 'span.clear',
      title: 'Clear the brush: the whole run in all views',
      group: 'Playback',
      enabled: () => span.chosen !== undefined,
      run: span.clear,
    },
  ]
  const acts: Command[] = [
    {
      id: 'faults.heal',
      title: 'Heal all: lift every fault, bring every node back',
      group: 'Break',
      keys: ['H'],
      enabled: () => faults.canAct && faults.anythingBroken,
      run: faults.heal,
    },
    {
      id: 'seats.add',
      title: 'Add a node: the first empty seat is taken',
      group: 'Break',
      keys: ['A'],
      enabled: () => seats.canChange && seats.empty.length > 0,
      run: () => seats.empty[0] && seats.add(seats.empty[0]),
    },
    {
      id: 'faults.undo',
      title: 'Undo the last thing done to the cluster',
      group: 'Break',
      keys: ['Mod+Z'],
      enabled: () => faults.canAct && faults.undoText !== undefined,
      run: faults.undo,
    },
    {
      id: 'history.judge',
      title: 'Judge what clients saw: is the history linearizable?',
      group: 'Run',
      enabled: open,
      run: () => {
        layout.show('history')
        return history.judge()
      },
    },
    {
      id: 'run.branch',
      title: 'Branch here: a new run goes on from this event',
      group: 'Run',
      keys: ['B'],
      enabled: open,
      run: () => branching.ask(),
    },
    {
      id: 'run.compare',
      title: 'Compare this run with the one that it left',
      group: 'Run',
      enabled: () => compare.candidates[0]?.run !== undefined && compare.candidates[0].run === run.summary?.branch?.of,
      run: () => {
        layout.show('compare')
        const [parent] = compare.candidates
        return parent && compare.compare(parent.run)
      },
    },
    { id: 'run.beside', title: 'Run beside: two simulations under one script', group: 'Run', run: beside.ask },
    { id: 'run.slower', title: 'Slow the run down', group: 'Run', enabled: () => faults.canAct, run: () => slowBy(1) },
    {
      id: 'run.faster',
      title: 'Let the run go faster, up to real time',
      group: 'Run',
      enabled: () => faults.canAct,
      run: () => slowBy(-1),
    },
    { id: 'scenario.open', title: 'Carry out a scenario from a file', group: 'Run', run: starting.choosePlay },
    { id: 'run.stop', title: 'Stop recording', group: 'Run', enabled: () => run.isLive, run: run.stop },
    { id: 'run.close', title: 'New run: back to the start screen', group: 'Run', keys: ['N'], enabled: open, run: run.close },
  ]
  const panels = Object.entries(PANELS).map(
    ([panel, title], index): Command => ({
      id: `view.${panel}`,
      title: `Go to ${title.toLowerCase()}`,
      group: 'View',
      ...(index < 9 ? { keys: [String(index + 1)] } : {}),
      enabled: open,
      run: () => layout.show(panel as PanelId),
    }),
  )
  const window: Command[] = [
    { id: 'view.library', title: 'Show or hide the library', group: 'View', keys: ['L'], run: library.toggle },
    { id: 'view.resetLayout', title: 'Reset the layout', group: 'View', enabled: open, run: layout.reset },
    {
      id: 'view.undoLayout',
      title: 'Undo the last change of the layout',
      group: 'View',
      enabled: () => open() && layout.canUndo,
      run: layout.undo,
    },
    { id: 'view.theme', title: 'Switch between light and dark', group: 'View', keys: ['T'], run: theme.toggle },
    {
      id: 'view.themeSystem',
      title: 'Light or dark as the system has it',
      group: 'View',
      enabled: () => theme.choice !== 'system',
      run: () => theme.choose('system'),
    },
    {
      id: 'library.smallest',
      title: 'Open the smallest failing run of this scenario, where it fails',
      group: 'Library',
      enabled: () => run.summary !== undefined && smallestFailing(lab.runs, run.summary) !== undefined,
      run: () => run.summary && library.openSmallest(run.summary),
    },
    { id: 'library.import', title: 'Import a run or a log', group: 'Library', run: exchange.choose },
    {
      id: 'help.palette',
      title: 'Find any command',
      group: 'Help',
      keys: ['Mod+K'],
      run: commands.togglePalette,
    },
    { id: 'help.keys', title: 'Show all keys', group: 'Help', keys: ['?'], run: commands.showKeys },
  ]
  /** The lab says which formats it has, and that is after the window has begun. */
  const exportsOf = (formats: readonly FormatInfo[]): Command[] =>
    formats.map((format) => ({
      id: `library.export.${format.name}`,
      title: `Export this run: ${format.title}`,
      group: 'Library',
      enabled: open,
      run: () => run.summary && exchange.exportRun(run.summary, format),
    }))
  watch(
    () => exchange.formats,
    (formats) => commands.register(exportsOf(formats)),
    { immediate: true },
  )
  commands.register([...play, ...brush, ...acts, ...panels, ...window])
}
