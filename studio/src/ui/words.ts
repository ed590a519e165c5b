/** Values as words for people. */

import type { Take } from '../api/take'
import type { Problem } from '../api/types'
import { about } from '../state/estimate'

// Messages that the API's clients know by heart, for those who do not.
const PLAIN: Record<string, string> = {
  'Video duration can not less than 3s': 'The clip is shorter than 3 s; at least 3 s are needed',
  'Something went wrong when we tried to get the contents of the file.':
    'The server could not download this file; check that the address is right and public',
  'Account balance not enough': 'The account has too few units left',
  'parallel task over resource pack limit':
    'This account already has as many unfinished takes as it may have; wait until one ends',
}

/**
 * A server's message as sentences, without the field's name before it, nor the sentence before that,
 * which is for programs.
 */
export function plain(message: string): string {
  const text = PLAIN[message] ?? message.replace(/^(?:[^:]*\. )?[\w ]{1,30}: /, '')
  return text
    .split('; ')
    .map((part) => capitalised(part).replace(/\.?$/, '.'))
    .join(' ')
}

/** A problem as sentences: what was found, what may be there. */
export function sentence({ found, allowed, message }: Problem): string {
  return found && allowed ? plain(`${found}; ${allowed}`) : plain(message)
}

export const STAGES: Record<string, string> = {
  open: 'Opening the files',
  inspect: 'Checking the clip',
  track: 'Tracking the motion',
  cast: 'Preparing the character',
  retarget: 'Fitting the motion',
  render: 'Rendering',
  finish: 'Finishing',
}

const CANCELLED = 'Task was cancelled'

/** Whether a take ended because somebody wished it, which the API calls a failure too. */
export const cancelled = (take: Take): boolean =>
  take.status === 'failed' && take.message === CANCELLED

/** What a take is doing now. */
export function doing(take: Take): string {
  if (take.status === 'submitted') return 'Waiting in the queue'
  if (take.status === 'processing') return STAGES[take.stage] ?? 'Working'
  if (cancelled(take)) return 'Cancelled'
  return take.status === 'succeeded' ? 'Done' : 'Failed'
}

/** Where a waiting take stands: "3 of 12 in the queue · starts in about 4 minutes". */
export function place({ queue }: Take): string {
  if (!queue) return ''
  const starts = queue.seconds === null ? '' : ` · starts in ${about(queue.seconds)}`
  return `${queue.position} of ${queue.length} in the queue${starts}`
}

export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} s`
}

/** A part of the clip that is not used, and why: "at 7.5 s: a cut". */
export function leftOut(part: { start: number; end: number; reason: string }): string {
  const moment = part.end - part.start < 0.3
  const place = moment
    ? `at ${seconds(part.start)}`
    : `from ${part.start.toFixed(1)} to ${part.end.toFixed(1)} s`
  return `${place}: ${part.reason}`
}

/** When something happened, as near as people want to know. */
export function when(time: number, now = Date.now()): string {
  const minutes = (now - time) / 60_000
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${Math.floor(minutes)} min ago`
  const date = new Date(time)
  const clock = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  if (date.toDateString() === new Date(now).toDateString()) return `today, ${clock}`
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${clock}`
}

/** A decimal string without needless zeros, with its noun. */
export function units(amount: string | null): string {
  if (amount === null) return 'free'
  const number = Number(amount)
  return `${number.toLocaleString('en', { maximumFractionDigits: 3 })} ${number === 1 ? 'unit' : 'units'}`
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
