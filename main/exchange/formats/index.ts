/** The formats of runs, in the order in which people are shown them. One more is one more file and one more line. */
import type { FormatInfo } from '../../contract/exchange.ts'
import type { ExchangeFormat } from '../format.ts'
import { edn, history } from './history.ts'
import { ndjson } from './ndjson.ts'
import { run } from './run.ts'
import { shiviz } from './shiviz.ts'

export const formats: readonly ExchangeFormat[] = [run, ndjson, shiviz, history, edn]

export const formatInfos = (): FormatInfo[] =>
  formats.map(({ name, title, extension, help, recognises }) => ({ name, title, extension, help, imports: recognises !== undefined }))
