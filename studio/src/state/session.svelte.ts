/** Who is signed in. */

import { Api, ApiError, localSession } from '../api/api'
import type { Account, Capabilities } from '../api/types'

const KEY = 'understudy.key'

/** Where the API is: beside the page. */
export const base = new URL('.', location.href.split('#')[0]).href

class Session {
  /** null while nobody is signed in. */
  api: Api | null = $state.raw(null)
  account: Account | null = $state.raw(null)
  capabilities: Capabilities | null = $state.raw(null)
  state: 'starting' | 'signed-out' | 'signed-in' = $state('starting')
  problem: string = $state('')
  /** Signed in by the server itself, because both are on one machine. */
  local: boolean = $state(false)

  async start(): Promise<void> {
    const kept = localStorage.getItem(KEY) ?? sessionStorage.getItem(KEY)
    if (kept && (await this.#tryKey(kept))) return
    const own = await localSession(base)
    if (own && (await this.#tryKey(own.api_key))) {
      this.local = true
      return
    }
    this.state = 'signed-out'
  }

  async signIn(key: string, remember: boolean): Promise<void> {
    this.problem = ''
    if (!(await this.#tryKey(key.trim()))) {
      this.problem ||= 'This server does not know this key.'
      return
    }
    this.local = false
    ;(remember ? localStorage : sessionStorage).setItem(KEY, key.trim())
  }

  signOut(problem = ''): void {
    localStorage.removeItem(KEY)
    sessionStorage.removeItem(KEY)
    this.api = this.account = null
    this.problem = problem
    this.state = 'signed-out'
  }

  async refreshAccount(): Promise<void> {
    if (this.api) this.account = await this.api.account().catch(() => this.account)
  }

  async #tryKey(key: string): Promise<boolean> {
    const api = new Api(base, key)
    try {
      await api.recent(1)
    } catch (error) {
      const known = error instanceof ApiError
      if (!known || !error.unauthenticated) this.problem = (error as Error).message
      return false
    }
    this.account = await api.account().catch(() => null)
    this.api = api
    // Looking at engines can take seconds, for which the page does not wait.
    void api.capabilities().then(
      (known) => (this.capabilities = known),
      () => undefined,
    )
    this.problem = ''
    this.state = 'signed-in'
    return true
  }
}

export const session = new Session()

/** The API of who is signed in. Pages that use it are only shown then. */
export function api(): Api {
  if (!session.api) throw new Error('nobody is signed in')
  return session.api
}
