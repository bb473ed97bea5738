/**
 * n1 leads, nearly always term 1: until it does nobody else may ask for votes. Nor may anybody lead who was elected before that was said, as may happen on a busy
 * machine. Patience is long, so that such a machine changes nothing.
 */
export const N1_LEADS = `  - arm: { kind: cut, target: { links: [[n2, n1], [n2, n3], [n3, n1], [n3, n2]] }, rule: { types: [RequestVote, AppendEntries] } }
    as: n1-alone-may-stand
  - wait: { fact: role, of: n1, value: leader }
  - lift: n1-alone-may-stand`
export const PATIENT = 'electionMsMin: 500, electionMsMax: 1000, heartbeatMs: 100'
