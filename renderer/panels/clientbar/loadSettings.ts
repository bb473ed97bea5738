/** The load as a person last set it up, kept between visits. */
import { type Ref, shallowRef, watch } from 'vue'
import { type Load, loadSchema } from '../../../protocols/core/config.ts'

const KEY = 'synod.client.load'

export function loadSettings(): Ref<Load> {
  const settings = shallowRef<Load>(recall())
  watch(settings, (next) => localStorage.setItem(KEY, JSON.stringify(next)))
  return settings
}

function recall(): Load {
  try {
    const kept = loadSchema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '{}'))
    if (kept.success) return kept.data
  } catch {
    // what is kept is not JSON: begin anew
  }
  return loadSchema.parse({})
}
