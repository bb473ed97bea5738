/** Files handed over to the web host that served this page, and taken from it. */
import { LabError } from '../../main/contract/errors.ts'
import type { ScreenFiles } from './screenClient.ts'

/** `page`: the address of the page, beside which the host takes files. */
export function handOver(page: string): ScreenFiles {
  const at = (place: string): string => new URL(`files${place}`, page).href
  return {
    upload: (file, onProgress, signal) =>
      new Promise((resolve, reject) => {
        // fetch does not say how much was sent
        const request = new XMLHttpRequest()
        const fail = (why: string) => reject(new LabError('internal', `${file.name} could not be handed to the lab: ${why}.`, 'Try again.'))
        request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
        request.addEventListener('load', () => {
          if (request.status === 200) resolve(request.responseText.trim())
          else fail(request.responseText.trim().replace(/\.$/, '') || `status ${request.status}`)
        })
        request.addEventListener('error', () => fail('the connection was lost'))
        request.addEventListener('abort', () => reject(new LabError('stopped', `Handing over ${file.name} was stopped.`)))
        signal.addEventListener('abort', () => request.abort())
        request.open('POST', at(`?name=${encodeURIComponent(file.name)}`))
        request.send(file)
      }),
    download(ticket, name) {
      Object.assign(document.createElement('a'), { href: at(`/${ticket}`), download: name }).click()
    },
  }
}
