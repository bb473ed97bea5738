/** The sends of messages, for whoever meets a message far from where it was sent: those read of late are kept. */
import type { Json } from '../../protocols/core/json.ts'
import type { PackedLetter } from '../../protocols/query/compile.ts'
import type { Letter } from '../../protocols/query/evaluate.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import type { ChunkTables } from '../../protocols/wire/chunk.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'

/** Places for them, a power of two: messages on their way at one time are far fewer. */
const PLACES = 16_384

/** A send where a reader stood; its body is parsed when it is asked for, once. Used again for another, so that a scan makes no objects. */
class ReadLetter implements PackedLetter {
  message = -1
  to = 0
  type = 0
  #source: Uint8Array = NOTHING
  #at = 0
  #end = 0
  #tables: ChunkTables | undefined
  #letter: Letter | undefined

  set(reader: ChunkReader): void {
    this.message = reader.message
    this.to = reader.to
    this.type = reader.type
    this.#source = reader.source
    this.#at = reader.textAt
    this.#end = reader.textEnd
    this.#tables = reader.tables
    this.#letter = undefined
  }

  bytes(): Uint8Array {
    return this.#source.subarray(this.#at, this.#end)
  }

  letter(): Letter {
    const bytes = () => this.bytes()
    let body: Json | undefined
    this.#letter ??= {
      to: this.#tables?.endpoints[this.to] as Letter['to'],
      type: this.#tables?.messageTypes[this.type] ?? '',
      get body() {
        body ??= bodyIn(bytes())
        return body
      },
    }
    return this.#letter
  }
}

const NOTHING = new Uint8Array(0)

/** A body that is not JSON is the text that it is, as in the event. */
function bodyIn(bytes: Uint8Array): Json {
  try {
    return JSON.parse(readText(bytes))
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

/** What `of` gives holds until more is learnt. */
export class Letters {
  readonly #places: (ReadLetter | undefined)[] = new Array(PLACES)
  readonly #find: (message: number) => ChunkReader | undefined

  /** `find` gives a reader that stands at the send of a message, wherever in the run it is. */
  constructor(find: (message: number) => ChunkReader | undefined) {
    this.#find = find
  }

  /** The reader stands at a send. */
  learn(reader: ChunkReader): PackedLetter {
    const place = placeOf(reader.message)
    let letter = this.#places[place]
    if (!letter) {
      letter = new ReadLetter()
      this.#places[place] = letter
    }
    letter.set(reader)
    return letter
  }

  of(message: number): PackedLetter | undefined {
    const known = this.#places[placeOf(message)]
    if (known?.message === message) return known
    const reader = this.#find(message)
    return reader && this.learn(reader)
  }
}

/** Neighbours in number stand beside each other, senders far apart. */
function placeOf(message: number): number {
  const number = message % 2 ** 32
  const sender = Math.floor(message / 2 ** 45)
  return (number + sender * 2731) & (PLACES - 1)
}
