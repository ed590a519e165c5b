/** What can be said about a file before it is uploaded. The server has the last word. */

import type { Capabilities, Problem } from '../api/types'

export type Kind = 'picture' | 'clip'

const FORMATS: Record<Kind, { types: string[]; endings: RegExp; allowed: string }> = {
  picture: {
    types: ['image/jpeg', 'image/png'],
    endings: /\.(jpe?g|png)$/i,
    allowed: 'jpg, jpeg or png',
  },
  clip: {
    types: ['video/mp4', 'video/quicktime'],
    endings: /\.(mp4|mov|m4v)$/i,
    allowed: 'mp4 or mov',
  },
}

export const FIELDS: Record<Kind, 'image_url' | 'video_url'> = {
  picture: 'image_url',
  clip: 'video_url',
}
export const ACCEPT: Record<Kind, string> = {
  picture: '.jpg,.jpeg,.png,image/jpeg,image/png',
  clip: '.mp4,.mov,video/mp4,video/quicktime',
}

/** Which slot a file belongs in, null when in none. */
export function kindOf(file: File): Kind | null {
  for (const kind of ['picture', 'clip'] as const) {
    const { types, endings } = FORMATS[kind]
    if (types.includes(file.type) || endings.test(file.name)) return kind
  }
  if (file.type.startsWith('image/')) return 'picture'
  return file.type.startsWith('video/') ? 'clip' : null
}

/** The problem that a file has as it is, null when none can be seen from outside. */
export function problemOf(
  kind: Kind,
  file: Blob & { name?: string },
  limits: Capabilities['limits'] | undefined,
): Problem | null {
  const { types, endings, allowed } = FORMATS[kind]
  const field = FIELDS[kind]
  if (!types.includes(file.type.split(';')[0]!) && !endings.test(file.name ?? '')) {
    const found = file.type || 'a file of an unknown type'
    return { field, message: `This is ${found}. A ${kind} can be ${allowed}.` }
  }
  const most = kind === 'picture' ? limits?.picture_bytes : limits?.clip_bytes
  if (file.size === 0) return { field, message: 'This file is empty.' }
  if (most && file.size > most) {
    const message = `This file is ${inMegabytes(file.size)}. A ${kind} can be at most ${inMegabytes(most)}.`
    return { field, message }
  }
  return null
}

export function inMegabytes(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} kB`
  const megabytes = bytes / (1024 * 1024)
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`
}
