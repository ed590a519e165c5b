/** How much of the motion a take has, as the page keeps it and as the API takes it. */

import type { CreateBody } from '../api/types'

export const PARTS = ['body', 'head', 'hands', 'face', 'travel'] as const
export type Part = (typeof PARTS)[number]

export interface MotionOptions {
  /** Per cent; 100 is as the person moves. */
  strength: number
  /** Which parts follow the person. */
  parts: Record<Part, boolean>
  /** Seconds over which the motion is averaged. */
  smoothing: number
  /** Whether the camera moves as the clip's. */
  camera: boolean
}

export function wholeMotion(): MotionOptions {
  const parts = { body: true, head: true, hands: true, face: true, travel: true }
  return { strength: 100, parts, smoothing: 0, camera: false }
}

type MotionFields = Pick<
  CreateBody,
  'motion_strength' | 'motion_parts' | 'motion_smoothing' | 'motion_camera'
>

/** The fields of a create, those that differ from the whole motion. */
export function motionFields({ strength, parts, smoothing, camera }: MotionOptions): MotionFields {
  const off = PARTS.filter((part) => !parts[part])
  return {
    ...(strength !== 100 && { motion_strength: strength }),
    ...(off.length && { motion_parts: Object.fromEntries(off.map((part) => [part, false])) }),
    ...(smoothing && { motion_smoothing: smoothing }),
    ...(camera && { motion_camera: camera }),
  }
}

/** The inverse of `motionFields`. */
export function motionOf(asked: MotionFields): MotionOptions {
  const whole = wholeMotion()
  return {
    strength: asked.motion_strength ?? whole.strength,
    parts: { ...whole.parts, ...asked.motion_parts },
    smoothing: asked.motion_smoothing ?? whole.smoothing,
    camera: asked.motion_camera ?? whole.camera,
  }
}

/** What differs from the whole motion, in words. */
export function motionWords({ strength, parts, smoothing, camera }: MotionOptions): string {
  const names: Record<Part, string> = {
    body: 'body',
    head: 'head',
    hands: 'fingers',
    face: 'face',
    travel: 'way',
  }
  const off = PARTS.filter((part) => !parts[part]).map((part) => names[part])
  return [strength !== 100 && `${strength} %`, off.length && `without ${off.join(', ')}`]
    .concat(smoothing ? [`${smoothing} s smoother`] : [])
    .concat(camera ? ["the clip's camera"] : [])
    .filter(Boolean)
    .join(', ')
}
