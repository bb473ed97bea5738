/**
 * The vector clocks of all events given so far, by host and number, and what follows from them: which events of other
 * hosts a new one directly follows, and what its clock must hold besides what it says.
 */
const FIRST_ROOM = 256

export class ClockBook {
  readonly #hosts: number
  /** Of each host its clocks one after another, and the seqs and Lamport times of its events. */
  readonly #clocks: Uint32Array[]
  readonly #places: Float64Array[]
  readonly #counts: Uint32Array

  constructor(hosts: number) {
    this.#hosts = hosts
    this.#clocks = Array.from({ length: hosts }, () => new Uint32Array(0))
    this.#places = Array.from({ length: hosts }, () => new Float64Array(0))
    this.#counts = new Uint32Array(hosts)
  }

  /** Events of a host that were given. */
  count(host: number): number {
    return this.#counts[host] as number
  }

  /** One more event, of which no clock is known. */
  counted(host: number): void {
    this.#counts[host] = this.count(host) + 1
  }

  /** The `own`-th event of `host`, with the clock that it says; every event that it names has been taken. */
  take(host: number, own: number, said: readonly number[], seq: number) {
    const clock = Uint32Array.from(said)
    const before = this.#clock(host, own - 1)
    for (let i = 0; i < this.#hosts; i++) if ((before[i] as number) > (clock[i] as number)) clock[i] = before[i] as number
    // What it follows directly: the last event of each host of which it knows more than the event before it did.
    const risen: number[] = []
    for (let i = 0; i < this.#hosts; i++) if (i !== host && (clock[i] as number) > (before[i] as number)) risen.push(i)
    const direct = risen.filter(
      (i) => !risen.some((j) => j !== i && (this.#clock(j, clock[j] as number)[i] as number) >= (clock[i] as number)),
    )
    for (const i of risen) {
      const theirs = this.#clock(i, clock[i] as number)
      for (let k = 0; k < this.#hosts; k++) if ((theirs[k] as number) > (clock[k] as number)) clock[k] = theirs[k] as number
    }
    clock[host] = own
    const causes = direct.map((i) => this.#place(i, said[i] ?? 0))
    const lamport = 1 + Math.max(this.#place(host, own - 1).lamport, 0, ...causes.map((cause) => cause.lamport))
    this.#keep(host, own, clock, seq, lamport)
    const completed = clock.some((entry, i) => entry !== said[i])
    return { clock: Array.from(clock), after: causes.map((cause) => cause.seq).sort((a, b) => a - b), lamport, completed }
  }

  #clock(host: number, own: number): Uint32Array {
    if (own === 0) return new Uint32Array(this.#hosts)
    return (this.#clocks[host] as Uint32Array).subarray((own - 1) * this.#hosts, own * this.#hosts)
  }

  #place(host: number, own: number): { readonly seq: number; readonly lamport: number } {
    if (own === 0) return { seq: 0, lamport: 0 }
    const places = this.#places[host] as Float64Array
    return { seq: places[2 * (own - 1)] as number, lamport: places[2 * (own - 1) + 1] as number }
  }

  #keep(host: number, own: number, clock: Uint32Array, seq: number, lamport: number): void {
    const needed = own * this.#hosts
    if (needed > (this.#clocks[host] as Uint32Array).length) {
      const room = Math.max(FIRST_ROOM, 2 * own)
      const clocks = new Uint32Array(room * this.#hosts)
      clocks.set(this.#clocks[host] as Uint32Array)
      this.#clocks[host] = clocks
      const places = new Float64Array(room * 2)
      places.set(this.#places[host] as Float64Array)
      this.#places[host] = places
    }
    this.#clocks[host]?.set(clock, (own - 1) * this.#hosts)
    this.#places[host]?.set([seq, lamport], 2 * (own - 1))
    this.#counts[host] = own
  }
}
