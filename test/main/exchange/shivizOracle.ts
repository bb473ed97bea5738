/**
 * ShiViz' own rules, said once more: its default expression over the trimmed text, its checks of clocks, and the stricter
 * one that it has but does not call, which rebuilds every clock from the edges that it draws. Throws as ShiViz would.
 * After js/model/{parser,vectorTimestamp,modelGraph}.js of https://github.com/DistributedClocks/shiviz.
 */
export interface OracleEvent {
  readonly event: string
  readonly host: string
  readonly clock: { readonly [host: string]: number }
}

export function parseAsShiviz(text: string): OracleEvent[] {
  const expression = /(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g
  const events: OracleEvent[] = []
  for (const { groups } of text.trim().matchAll(expression)) {
    const { event = '', host = '', clock = '' } = groups ?? {}
    const parsed = JSON.parse(clock) as { [host: string]: number }
    if (!Object.hasOwn(parsed, host)) throw new Error(`Local host "${host}" is missing from timestamp`)
    for (const [name, time] of Object.entries(parsed)) if (time === 0) delete parsed[name]
    events.push({ event, host, clock: parsed })
  }
  if (events.length === 0) throw new Error('The parser RegExp you entered does not capture any events')
  return events
}

/** The edges between hosts that ShiViz draws, as `a:3 -> b:7`, sorted. */
export function graphAsShiviz(events: readonly OracleEvent[]): string[] {
  const hosts = new Map<string, OracleEvent[]>()
  for (const event of events) hosts.set(event.host, [...(hosts.get(event.host) ?? []), event])
  const own = (event: OracleEvent): number => event.clock[event.host] as number
  for (const [host, its] of hosts) {
    its.sort((a, b) => own(a) - own(b))
    for (const [i, event] of its.entries())
      if (own(event) !== i + 1) throw new Error(`${host}: event ${i + 1} has the clock value ${own(event)}`)
  }
  const edges: string[] = []
  for (const [host, its] of hosts) {
    const clock: { [host: string]: number } = {}
    for (const event of its) {
      clock[host] = own(event)
      const candidates = new Map<string, OracleEvent>()
      for (const [other, time] of Object.entries(event.clock)) {
        if ((clock[other] ?? Number.NEGATIVE_INFINITY) >= time) continue
        clock[other] = time
        const theirs = hosts.get(other)
        if (!theirs) throw new Error(`an entry for an unrecognized host "${other}"`)
        if (time < 1 || time > theirs.length) throw new Error(`an invalid clock value ${time} for host "${other}"`)
        candidates.set(`${other}:${time}`, theirs[time - 1] as OracleEvent)
      }
      const connections = new Map(candidates)
      for (const candidate of candidates.values())
        for (const [other, time] of Object.entries(candidate.clock)) if (other !== candidate.host) connections.delete(`${other}:${time}`)
      for (const id of connections.keys()) edges.push(`${id} -> ${host}:${own(event)}`)
    }
  }
  return edges.sort()
}

/** Every clock is what follows from the edges and the order at each host: nothing is missing, nothing too much. */
export function assertExactClocks(events: readonly OracleEvent[]): void {
  const parents = new Map<string, string[]>()
  for (const edge of graphAsShiviz(events)) {
    const [from = '', to = ''] = edge.split(' -> ')
    parents.set(to, [...(parents.get(to) ?? []), from])
  }
  const byId = new Map(events.map((event) => [`${event.host}:${event.clock[event.host]}`, event]))
  for (const { host, clock } of events) {
    const own = clock[host] as number
    const before = own > 1 ? [`${host}:${own - 1}`] : []
    const due: { [host: string]: number } = {}
    for (const id of [...before, ...(parents.get(`${host}:${own}`) ?? [])])
      for (const [name, time] of Object.entries(byId.get(id)?.clock ?? {})) due[name] = Math.max(due[name] ?? 0, time)
    due[host] = own
    if (JSON.stringify(sorted(due)) !== JSON.stringify(sorted(clock)))
      throw new Error(`${host}:${own} has the clock ${JSON.stringify(sorted(clock))}, which should be ${JSON.stringify(sorted(due))}`)
  }
}

const sorted = (clock: { readonly [host: string]: number }) => Object.entries(clock).sort(([a], [b]) => (a < b ? -1 : 1))
