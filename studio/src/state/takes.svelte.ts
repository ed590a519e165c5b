/** The takes that run now and the latest that ended, kept up to date. */

import { ApiError, type Api } from '../api/api'
import { follow } from '../api/events'
import { ended, type Take } from '../api/take'
import { Estimate } from './estimate'

const POLL_MS = 1500
const IDLE_MS = 15_000
const RESTREAM_MS = 10_000
const AFTER_STREAM_MS = 300
const SHOWN = 12
// Browsers open six connections to a server over HTTP/1.1; the rest of the page needs some.
const STREAMS = 3

class Takes {
  list: Take[] = $state.raw([])
  previews: Record<string, string> = $state({})
  /** Who will perform, of takes that have no preview yet. */
  pictures: Record<string, string> = $state({})
  left: Record<string, number | null> = $state({})
  /** The server did not answer last time. */
  unreachable = $state(false)
  #api: Api | null = null
  #onRefused = () => {}
  #timer = 0
  #due = Infinity
  #estimates = new Map<string, Estimate>()
  #streams = new Map<string, AbortController>()
  #gone = new Set<string>()

  get running(): Take[] {
    return this.list.filter((take) => !ended(take))
  }

  /** Begin to look; `onRefused` is called when the key is not taken any more. */
  start(api: Api, onRefused: () => void): void {
    this.stop()
    this.#api = api
    this.#onRefused = onRefused
    void this.#round()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#due = Infinity
    for (const stream of this.#streams.values()) stream.abort()
    this.#streams.clear()
    this.#estimates.clear()
    this.#gone.clear()
    this.#api = null
    this.list = []
    this.previews = {}
    this.pictures = {}
    this.unreachable = false
  }

  /** Show a take at once, newest first. */
  add(take: Take): void {
    this.#merge([take])
    this.#schedule(POLL_MS)
  }

  forget(id: string): void {
    this.#gone.add(id)
    this.list = this.list.filter((take) => take.id !== id)
  }

  async #round(): Promise<void> {
    this.#due = Infinity
    const api = this.#api
    if (!api) return
    try {
      const running = this.running.map((take) => take.id).slice(0, 20)
      const recent = await api.recent(SHOWN)
      const missed = running.filter((id) => !recent.some((take) => take.id === id))
      this.#merge([...recent, ...(missed.length ? await api.find(missed) : [])])
      this.unreachable = false
    } catch (error) {
      if (this.#api !== api) return
      if (error instanceof ApiError && error.unauthenticated) return this.#onRefused()
      // What is shown stays, and the next round tries again.
      this.unreachable = true
    }
    const soon = this.running.length > 0 || this.unreachable
    if (this.#api === api) this.#schedule(soon ? POLL_MS : IDLE_MS)
  }

  /** Look again after so many milliseconds, or sooner where that was planned already. */
  #schedule(after: number): void {
    const due = performance.now() + after
    if (due > this.#due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = window.setTimeout(() => void this.#round(), after)
  }

  #merge(takes: Take[]): void {
    const known = new Map(this.list.map((take) => [take.id, take]))
    for (const take of takes) {
      const before = known.get(take.id)
      if (before && isOlder(take, before)) continue
      if (!this.#gone.has(take.id)) known.set(take.id, take)
      if (!before && !ended(take)) void this.#picture(take.id)
      this.#observe(take)
    }
    this.list = [...known.values()].sort(
      (a, b) => b.createdAt - a.createdAt || (b.id > a.id ? 1 : -1),
    )
    this.#stream()
  }

  /** Without its picture a take that runs is only less to look at. */
  async #picture(id: string): Promise<void> {
    const detail = await this.#api?.detail(id).catch(() => null)
    const picture = detail?.files.find((file) => file.kind === 'picture')
    if (picture) this.pictures[id] = picture.url
  }

  #observe(take: Take): void {
    if (ended(take)) {
      this.#estimates.delete(take.id)
      delete this.previews[take.id]
      delete this.left[take.id]
      return
    }
    if (take.status !== 'processing') return
    const estimate = this.#estimates.get(take.id) ?? new Estimate()
    this.#estimates.set(take.id, estimate)
    estimate.add(take.percent, Date.now())
    this.left[take.id] = estimate.left(Date.now())
  }

  #stream(): void {
    const processing = this.list.filter((take) => take.status === 'processing')
    for (const take of processing.slice(-STREAMS)) {
      if (this.#streams.size >= STREAMS || this.#streams.has(take.id)) continue
      void this.#followOne(take.id)
    }
  }

  async #followOne(id: string): Promise<void> {
    const stop = new AbortController()
    this.#streams.set(id, stop)
    const streamed = await follow(
      this.#api!,
      id,
      (event) => {
        const take = this.list.find((one) => one.id === id)
        // How a take ended is told by its record, which the next round brings.
        if (!take || ended(take) || event.status !== 'processing') return
        if (event.preview) this.previews[id] = `data:image/jpeg;base64,${event.preview}`
        this.#merge([{ ...take, stage: event.stage, percent: event.percent }])
      },
      stop.signal,
    )
    // Where there are no events now, polling does; the stream is asked for again later.
    setTimeout(() => this.#streams.delete(id), streamed ? POLL_MS : RESTREAM_MS)
    if (!stop.signal.aborted) this.#schedule(streamed ? AFTER_STREAM_MS : POLL_MS)
  }
}

/** Answers may overtake one another. */
function isOlder(take: Take, known: Take): boolean {
  if (ended(known)) return !ended(take)
  return take.status === known.status && take.updatedAt < known.updatedAt
}

export const takes = new Takes()
