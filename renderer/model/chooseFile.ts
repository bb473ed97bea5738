/** Asks for a file with the browser's dialog. `accept`: which it offers first, as endings. */
export function chooseFile(onFile: (file: File) => void, accept = ''): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept })
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file) onFile(file)
  })
  input.click()
}
