/** How long a take will still run, from how its percent grew. */

const LEAST_GROWTH = 4
const LEAST_MS = 1500

export class Estimate {
  #first: { at: number; percent: number } | null = null
  #last: { at: number; percent: number } | null = null

  /** What was seen: percent of the take at a time in milliseconds. */
  add(percent: number, at: number): void {
    if (this.#last && percent < this.#last.percent) this.#first = null
    this.#first ??= { at, percent }
    if (!this.#last || percent !== this.#last.percent) this.#last = { at, percent }
  }

  /** Seconds left at a time, null while too little was seen. */
  left(at: number): number | null {
    if (!this.#first || !this.#last) return null
    const grown = this.#last.percent - this.#first.percent
    const took = this.#last.at - this.#first.at
    if (grown < LEAST_GROWTH || took < LEAST_MS) return null
    const total = ((100 - this.#last.percent) / grown) * took
    return Math.max(0, (total - (at - this.#last.at)) / 1000)
  }
}

/** Seconds that are left, in words. */
export const inWords = (seconds: number): string => `${about(seconds)} left`

/** Seconds in words. */
export function about(seconds: number): string {
  if (seconds < 3) return 'a moment'
  if (seconds < 55)
    return `about ${seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5} s`
  const minutes = Math.round(seconds / 60)
  return minutes <= 1 ? 'about a minute' : `about ${minutes} minutes`
}
