/** Looks at what a client sent before it comes near a protocol. Written by hand: it is done for every operation, and takes a tenth of a schema's time. */
import type { ClientRequestBody } from '../../protocols/core/event.ts'
import type { ClientRequest } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyService } from '../../protocols/core/service.ts'

/** The request in a ClientRequest message, or a sentence that says what is wrong with it. */
export function readRequest(body: unknown, service: AnyService): ClientRequestBody | string {
  if (!isObject(body) || body.kind !== 'ClientRequest' || !isCount(body.id)) return 'the message is not a ClientRequest with an id'
  const request = readInner(body.request, service)
  return typeof request === 'string' ? request : { kind: 'ClientRequest', id: body.id, request }
}

function readInner(request: unknown, service: AnyService): ClientRequest | string {
  if (!isObject(request)) return 'the message has no request'
  const { kind, session, seq, firstUnacked } = request
  switch (kind) {
    case 'register':
      return { kind }
    case 'command': {
      if (!isCount(session) || !isCount(seq) || !isCount(firstUnacked)) return 'a command needs a session, a seq and firstUnacked'
      if (seq < 1 || firstUnacked < 1 || firstUnacked > seq) return `a command cannot have seq ${seq} and firstUnacked ${firstUnacked}`
      const op = readOperation(request.op, service)
      return 'why' in op ? op.why : { kind, session, seq, firstUnacked, op: op.op }
    }
    case 'query': {
      const op = readOperation(request.op, service)
      return 'why' in op ? op.why : { kind, op: op.op }
    }
    case 'signed': {
      const { client, signature } = request
      if (typeof client !== 'string' || client === '' || typeof signature !== 'string')
        return 'a signed request needs a client and a signature'
      const op = readOperation(request.op, service)
      return 'why' in op ? op.why : { kind, client, op: op.op, signature }
    }
    default:
      return `a request cannot be of kind ${JSON.stringify(kind)}`
  }
}

function readOperation(op: unknown, service: AnyService): { readonly op: Json } | { readonly why: string } {
  const read = service.operation.safeParse(op)
  if (read.success) return { op: read.data as Json }
  const [issue] = read.error.issues
  return { why: `the operation does not fit the service ${service.name}: ${issue?.path.join('.') || 'it'}: ${issue?.message}` }
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
