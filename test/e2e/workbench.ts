/** The lab's window as a person uses it: what they see and what they do, in the words of the screen. */
import { expect, type Locator, type Page } from '@playwright/test'

export interface SeenNode {
  readonly node: string
  /** `leader`, `follower`, `candidate`, or `down`, `paused`, `starting`. */
  readonly is: string
  readonly term: number
}

/** The menu of a node stands beside it by so much. */
const BESIDE = { x: 22, y: 12 }
/** The arc of a link stands off the straight line by about so much. */
const BOWED = 8

export class Workbench {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  // --- what is seen

  /** Every node, as the topology tells it to a screen reader. */
  async nodes(): Promise<SeenNode[]> {
    return (await this.seats()).filter(({ is }) => !is.startsWith('empty seat'))
  }

  /** Places where nobody is yet among them. */
  async seats(): Promise<SeenNode[]> {
    const texts = await this.page.getByRole('listbox', { name: 'Nodes' }).getByRole('option').allInnerTexts()
    return texts.flatMap((text) => {
      const [node = '', is = '', term = ''] = text.trim().split(', ')
      return /^n\d+$/.test(node) ? [{ node, is, term: Number(/\d+/.exec(term)?.[0] ?? 0) }] : []
    })
  }

  async node(name: string): Promise<SeenNode | undefined> {
    return (await this.nodes()).find(({ node }) => node === name)
  }

  /** Waits until one node leads, in a term above the given one, and gives it. */
  async leader(above = 0, not?: string): Promise<SeenNode> {
    let found: SeenNode | undefined
    await expect
      .poll(
        async () => {
          const leaders = (await this.nodes()).filter(({ is, node, term }) => is === 'leader' && term > above && node !== not)
          found = leaders.length === 1 ? leaders[0] : undefined
          return found !== undefined
        },
        { message: `one leader in a term above ${above}` },
      )
      .toBe(true)
    return found as SeenNode
  }

  /**
   * Waits until all nodes of a cluster agree on a leader and the title bar says the same, all seen in one look, and gives the
   * leader: on a busy machine an election may come between two looks.
   */
  async settled(count: number): Promise<SeenNode> {
    let found: SeenNode | undefined
    const look = async () => {
      const nodes = await this.nodes()
      const says = await this.page.getByRole('banner').innerText()
      found = nodes.find(({ is }) => is === 'leader')
      const { node = '', term = 0 } = found ?? {}
      return {
        followers: nodes.filter((other) => other.is === 'follower' && other.term === term).length,
        said: says.includes(`${node} leads term ${term}`),
      }
    }
    await expect
      .poll(look, { message: 'one leader, followed by all and named in the title bar' })
      .toEqual({ followers: count - 1, said: true })
    return found as SeenNode
  }

  async waitFor(node: string, is: string | RegExp): Promise<void> {
    await expect.poll(async () => (await this.node(node))?.is, { message: `${node} is ${is}` }).toMatch(is)
  }

  get timeline(): Locator {
    return this.page.getByRole('slider', { name: 'Timeline' })
  }

  async at(): Promise<number> {
    return Number(await this.timeline.getAttribute('aria-valuenow'))
  }

  async lastEvent(): Promise<number> {
    return Number(await this.timeline.getAttribute('aria-valuemax'))
  }

  /** The system's number of a node's process, as the inspector shows it. */
  async processOf(node: string): Promise<number> {
    await this.select(node)
    const line = this.page.getByText(/^process \d+ · life/)
    await expect(line).toBeVisible()
    return Number(/\d+/.exec(await line.innerText())?.[0])
  }

  /** A number among the facts that the inspector shows of a node. */
  async fact(node: string, label: string): Promise<number> {
    await this.select(node)
    await expect(this.page.getByRole('heading', { name: new RegExp(`^${node}(?![\\w])`) })).toBeVisible()
    return Number(
      await this.page
        .locator('dt', { hasText: new RegExp(`^${label}$`, 'i') })
        .locator('xpath=following-sibling::dd[1]')
        .innerText(),
    )
  }

  /** Walks the faults of the run from its beginning until the node is seen down. */
  async seesCrash(node: string): Promise<void> {
    await this.press('Home')
    await expect.poll(() => this.at()).toBe(0)
    for (;;) {
      const before = await this.at()
      await this.press(']')
      await expect.poll(() => this.at(), { message: `a moment after event ${before} at which ${node} is down` }).toBeGreaterThan(before)
      await expect(this.page.locator('[data-topology]')).toHaveAttribute('aria-busy', 'false') // the moment of that event has come
      if ((await this.node(node))?.is === 'down') return
    }
  }

  // --- what is done

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key)
  }

  async put(text: string): Promise<void> {
    const bar = this.page.getByRole('textbox', { name: 'An operation' })
    await bar.fill(text)
    await bar.press('Enter')
  }

  async select(node: string): Promise<void> {
    const { x, y } = await this.placeOf(node)
    await this.page.mouse.click(x, y)
  }

  /** Where a node is drawn: its menu, opened from the keyboard, stands beside it. */
  async placeOf(node: string): Promise<{ x: number; y: number }> {
    const option = this.option('Nodes', node)
    await option.press('ContextMenu')
    const menu = this.page.getByRole('menu', { name: `Break ${node}` })
    await expect(menu).toBeVisible()
    const anchor = await this.page.locator('.anchor').boundingBox()
    await this.page.keyboard.press('Escape')
    await expect(menu).toBeHidden()
    if (!anchor) throw new Error(`${node} is drawn nowhere`)
    return { x: anchor.x - BESIDE.x, y: anchor.y - BESIDE.y }
  }

  /** Right-clicks a node and chooses. */
  async breakNode(node: string, entry: string): Promise<void> {
    const { x, y } = await this.placeOf(node)
    await this.page.mouse.click(x, y, { button: 'right' })
    await this.choose(`Break ${node}`, entry)
  }

  /** Opens a link's menu from the list of links, as the keyboard does, and chooses. */
  async breakLink(from: string, to: string, entry: string): Promise<void> {
    await this.option('Nodes', from).press('ArrowRight')
    await this.option(`Links of ${from}`, `link ${from} to ${to}`).press('ContextMenu')
    await this.choose(`Break ${from} → ${to}`, entry)
    await this.page
      .getByRole('listbox', { name: `Links of ${from}` })
      .getByRole('option')
      .first()
      .press('ArrowLeft')
    await expect(this.page.getByRole('listbox', { name: 'Nodes' })).toHaveCount(1)
  }

  /** Right-clicks the middle of a link where its messages travel, to the right of the straight line, and chooses. */
  async breakLinkByHand(from: string, to: string, entry: string): Promise<void> {
    const [a, b] = [await this.placeOf(from), await this.placeOf(to)]
    const length = Math.hypot(b.x - a.x, b.y - a.y)
    const right = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length }
    const at = { x: (a.x + b.x) / 2 + right.x * BOWED, y: (a.y + b.y) / 2 + right.y * BOWED }
    await this.page.mouse.click(at.x, at.y, { button: 'right' })
    await this.choose(`Break ${from} → ${to}`, entry)
  }

  /** Draws a loop round nodes and chooses. */
  async lasso(nodes: readonly string[], entry: string): Promise<void> {
    const places: { x: number; y: number }[] = []
    for (const node of nodes) places.push(await this.placeOf(node))
    await this.page.getByRole('button', { name: /Draw a loop/ }).click()
    const loop = loopRound(places)
    const [first, ...rest] = loop
    if (!first) throw new Error('nothing to draw round')
    await this.page.mouse.move(first.x, first.y)
    await this.page.mouse.down()
    for (const point of [...rest, first]) await this.page.mouse.move(point.x, point.y, { steps: 4 })
    await this.page.mouse.up()
    await this.page.getByRole('menuitem', { name: entry }).click()
  }

  /** Fills in and arms the form for a fault with numbers. */
  async armForm(numbers: Readonly<Record<string, number>>): Promise<void> {
    const form = this.page.getByRole('dialog', { name: 'New fault' })
    for (const [label, value] of Object.entries(numbers)) {
      const field = form.getByRole('spinbutton', { name: label })
      await field.fill(String(value))
      await field.press('Tab')
    }
    await form.getByRole('button', { name: 'Arm' }).click()
    await expect(form).toBeHidden()
  }

  /** What the topology says of a link: its faults. */
  async faultsOn(from: string, to: string): Promise<string> {
    await this.option('Nodes', from).press('ArrowRight')
    const option = this.option(`Links of ${from}`, `link ${from} to ${to}`)
    const text = await option.innerText()
    await option.press('ArrowLeft')
    await expect(this.page.getByRole('listbox', { name: 'Nodes' })).toHaveCount(1)
    return text
  }

  /** Drags the playhead to a part of the timeline, from 0 to 1. */
  async dragTo(part: number): Promise<void> {
    const box = await this.timeline.boundingBox()
    if (!box) throw new Error('there is no timeline')
    const y = box.y + box.height / 2
    const from = box.x + box.width * 0.9
    const to = box.x + box.width * part
    await this.page.mouse.move(from, y)
    await this.page.mouse.down()
    await this.page.mouse.move((from + to) / 2, y, { steps: 3 })
    await this.page.mouse.move(to, y, { steps: 3 })
    await this.page.mouse.up()
  }

  private option(list: string, start: string): Locator {
    return this.page.getByRole('listbox', { name: list }).getByRole('option', { name: new RegExp(`^${start}(?![\\w])`) })
  }

  private async choose(menu: string, entry: string): Promise<void> {
    await this.page.getByRole('menu', { name: menu }).getByRole('menuitem', { name: entry, exact: true }).click()
  }
}

/** A ring of points that holds these and little else. */
function loopRound(places: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const reach = 34
  const left = Math.min(...places.map(({ x }) => x)) - reach
  const right = Math.max(...places.map(({ x }) => x)) + reach
  const top = Math.min(...places.map(({ y }) => y)) - reach
  const bottom = Math.max(...places.map(({ y }) => y)) + reach
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ]
}
