/** Short notices: shown for a while, and read out by screen readers. */

import { plain } from '../ui/words'

export interface Notice {
  id: number
  text: string
  kind: 'info' | 'error'
}

class Notices {
  list: Notice[] = $state([])
  #next = 1

  say(text: string, kind: Notice['kind'] = 'info'): void {
    const id = this.#next++
    this.list = [...this.list.slice(-2), { id, text, kind }]
    setTimeout(() => this.dismiss(id), kind === 'error' ? 10_000 : 5_000)
  }

  /** Say what went wrong, in the server's words where it has any. */
  fault(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    this.say(plain(error instanceof Error ? error.message : String(error)), 'error')
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }
}

export const notices = new Notices()
