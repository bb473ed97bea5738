/** For threads that simulate or run recordings again: they are no node, and hold every key anyway. They import this first. */
import { installSignatures } from '../../protocols/core/signature.ts'
import { nodePrimitives } from './index.ts'

installSignatures({ ...nodePrimitives, looksOn: true })
