// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Component, defineComponent, h, nextTick } from 'vue'
import NumberInput from '../../../renderer/components/NumberInput.vue'
import LibraryDialogs from '../../../renderer/panels/library/LibraryDialogs.vue'
import LibraryPanel from '../../../renderer/panels/library/LibraryPanel.vue'
import CommandPalette from '../../../renderer/panels/palette/CommandPalette.vue'
import StartForm from '../../../renderer/panels/start/StartForm.vue'
import StartPanel from '../../../renderer/panels/start/StartPanel.vue'
import TransportControls from '../../../renderer/panels/timeline/TransportControls.vue'
import TitleBar from '../../../renderer/panels/titlebar/TitleBar.vue'
import { useCommands } from '../../../renderer/stores/commands.ts'
import { useKeys } from '../../../renderer/views/useKeys.ts'
import { useShellCommands } from '../../../renderer/views/useShellCommands.ts'
import { type Bench, bench, until } from '../stores/bench.ts'

let it: Bench
let mounted: VueWrapper[] = []
beforeEach(async () => {
  it = await bench()
})
afterEach(() => {
  for (const wrapper of mounted) wrapper.unmount()
  mounted = []
  document.body.innerHTML = ''
})

function show(...parts: Component[]): VueWrapper {
  const wrapper = mount(
    defineComponent(() => () => h(TooltipProvider, () => parts.map((part) => h(part)))),
    { attachTo: document.body },
  )
  mounted.push(wrapper)
  return wrapper
}

const press = (key: string, more: KeyboardEventInit = {}) =>
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
const text = (): string => document.body.textContent ?? ''

test('the title bar says who leads, what is broken and what was violated', async () => {
  await it.open('Leader crash and partition')
  const bar = show(TitleBar)
  await it.playback.seekTime(12_000_000)
  await nextTick()
  expect(bar.get('.sentence').text()).toContain('n4 leads term 2')
  expect(bar.get('.sentence').text()).toContain('n5 is down')
  await it.open('Election safety broken')
  await until(() => it.run.verdict !== undefined)
  await nextTick()
  expect(bar.text()).toContain('1 violation')
  await bar.get('.verdict').trigger('click')
  await until(() => it.playback.seq === it.run.verdict?.violations[0]?.seq)
})

test('the library lists every run with what became of it, and opens one with a click', async () => {
  const library = show(LibraryPanel)
  const rows = library.findAll('.run').map((row) => row.text())
  expect(rows).toHaveLength(8)
  expect(rows.find((row) => row.includes('Overnight load'))).toContain('interrupted')
  expect(rows.find((row) => row.includes('Election safety broken'))).toContain('1 violation')
  expect(rows.find((row) => row.includes('run-0012'))).toContain('The file ends in the middle of a page.')
  await library.findAll('.go')[0]?.trigger('click')
  await until(() => it.run.isOpen)
  expect(it.run.summary?.name).toBe('Leader crash and partition')
})

test('a recording is deleted only after its loss was named', async () => {
  const { useLibrary } = await import('../../../renderer/stores/library.ts')
  show(LibraryDialogs)
  const doomed = it.lab.runs.find(({ name }) => name === 'Overnight load')
  if (!doomed) throw new Error('it is not there')
  useLibrary().ask({ what: 'delete', run: doomed })
  await flushPromises()
  expect(text()).toContain('Delete “Overnight load”?')
  expect(text()).toContain('will be gone for good')
  expect(it.lab.runs).toContainEqual(doomed)
  const act = [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === 'Delete the recording')
  act?.click()
  await until(() => !it.lab.runs.some(({ run }) => run === doomed.run))
})

test('an experiment is foreseen when the pointer comes to it, starts with one click and opens', async () => {
  const start = show(StartPanel)
  const foreseen = vi.spyOn(it.lab, 'foresee')
  await start.findAll('.experiment')[1]?.trigger('pointerenter')
  expect(foreseen).toHaveBeenCalledExactlyOnceWith('real', 5)
  expect(start.findAll('.experiment')).toHaveLength(3)
  await start.findAll('.experiment')[1]?.trigger('click')
  await until(() => it.run.isOpen)
  expect(it.run.summary).toMatchObject({ name: 'Kill the leader', status: 'live', nodes: 5 })
  expect(it.playback.mode).toBe('live')
})

test('the form starts what it says', async () => {
  const info = it.lab.info
  if (!info) throw new Error('no info')
  const form = mount(StartForm, {
    props: { info, mode: 'real', busy: false },
    global: { stubs: { IconButton: true } },
    attachTo: document.body,
  })
  mounted.push(form)
  const nodes = form.findAll('input').find((input) => input.attributes('aria-valuemax') === '15')
  await nodes?.setValue('3')
  await nodes?.trigger('change')
  expect(form.text()).toContain('3 processes, and room for 2 more; one may fail.')
  await form.get('button[type=submit]').trigger('pointerenter')
  expect(form.emitted('foresee')).toEqual([[3]])
  await form.trigger('submit')
  expect(form.emitted('start')?.[0]?.[0]).toMatchObject({ protocol: 'raft', nodes: 5, spares: 2, timeScale: 1, options: {} })
})

test('keys do what they say, but not while somebody writes', async () => {
  show(
    defineComponent(() => {
      useShellCommands()
      useKeys()
      return () => h('input', { id: 'writing' })
    }),
  )
  await it.open('Leader crash and partition')
  const end = it.run.lastSeq
  press('ArrowLeft')
  await until(() => it.playback.seq === end - 1)
  press('Home')
  await until(() => it.playback.seq === 0)
  const input = document.querySelector('input')
  input?.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, cancelable: true }))
  await flushPromises()
  expect(it.playback.seq).toBe(0)
  press('End')
  await until(() => it.playback.seq === end)
  input?.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }))
  expect(useCommands().paletteOpen).toBe(true)
})

test('the palette finds a command by a few letters and runs it', async () => {
  const ran = vi.fn()
  const commands = useCommands()
  commands.register([
    { id: 'x.one', title: 'Heal all', group: 'Break', keys: ['H'], run: ran },
    { id: 'x.two', title: 'Reset the layout', group: 'View', run: () => undefined },
  ])
  show(CommandPalette)
  commands.togglePalette()
  await flushPromises()
  const input = document.querySelector<HTMLInputElement>('.sought')
  if (!input) throw new Error('no palette')
  input.value = 'heal'
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
  const options = [...document.querySelectorAll<HTMLElement>('[role="option"]')]
  expect(options.map((option) => option.textContent)).toEqual(['Heal allBreakH'])
  options[0]?.click()
  await flushPromises()
  expect(ran).toHaveBeenCalledOnce()
  expect(commands.paletteOpen).toBe(false)
})

test('the transport says where the playhead is', async () => {
  await it.open('Leader crash and partition')
  const transport = show(TransportControls)
  await it.playback.seekTime(12_408_000)
  await nextTick()
  expect(transport.get('.where').text()).toContain('+12.408 s')
  expect(transport.get('.where').text()).toMatch(/event [\d,]+ of 23,/)
})

test('a number field keeps within its bounds and forgets what is no number', async () => {
  const field = mount(NumberInput, {
    props: { modelValue: 5, min: 1, max: 15, 'onUpdate:modelValue': (value: number) => field.setProps({ modelValue: value }) },
  })
  const input = field.get('input')
  await input.setValue('99')
  await input.trigger('change')
  expect(field.props('modelValue')).toBe(15)
  await input.setValue('many')
  await input.trigger('change')
  expect(field.props('modelValue')).toBe(15)
  expect(input.element.value).toBe('15')
  await input.trigger('keydown', { key: 'ArrowDown' })
  expect(field.props('modelValue')).toBe(14)
})
