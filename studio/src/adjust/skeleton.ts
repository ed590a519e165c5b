/** Joints and bones as people see them: names in words, and a pose to start from. */

import type { Point } from './edit'

/** In the order of Tab: from head to foot, one side after the other. */
export const BODY = [
  'nose',
  'left_shoulder',
  'left_elbow',
  'left_wrist',
  'right_shoulder',
  'right_elbow',
  'right_wrist',
  'left_hip',
  'left_knee',
  'left_ankle',
  'right_hip',
  'right_knee',
  'right_ankle',
] as const
export const HEAD = ['left_eye', 'right_eye', 'left_ear', 'right_ear'] as const

export const BONES: readonly (readonly [string, string])[] = [
  ['left_shoulder', 'right_shoulder'],
  ['left_hip', 'right_hip'],
  ...(['left', 'right'] as const).flatMap((side) => [
    [`${side}_shoulder`, `${side}_elbow`] as const,
    [`${side}_elbow`, `${side}_wrist`] as const,
    [`${side}_shoulder`, `${side}_hip`] as const,
    [`${side}_hip`, `${side}_knee`] as const,
    [`${side}_knee`, `${side}_ankle`] as const,
  ]),
]

/** `left_wrist` is "Left wrist". */
export function inWords(joint: string): string {
  const words = joint.replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}

/** Shares of the picture; the figure's left is on the picture's right. */
const STANDING: Record<string, Point> = {
  nose: [0.5, 0.16],
  left_shoulder: [0.6, 0.3],
  left_elbow: [0.66, 0.44],
  left_wrist: [0.7, 0.57],
  left_hip: [0.56, 0.56],
  left_knee: [0.57, 0.74],
  left_ankle: [0.57, 0.92],
}

/** Joints of somebody who stands in the middle, for a picture in which nobody was found. */
export function standing(width: number, height: number): Record<string, Point> {
  const joints: Record<string, Point> = {}
  for (const [name, [x, y]] of Object.entries(STANDING)) {
    joints[name] = [Math.round(x * width), Math.round(y * height)]
    const other = name.replace('left_', 'right_')
    if (other !== name) joints[other] = [Math.round((1 - x) * width), Math.round(y * height)]
  }
  return joints
}

/** A place that stays in the picture. */
export function within([x, y]: Point, width: number, height: number): Point {
  const inside = (value: number, most: number) =>
    Math.round(Math.min(most, Math.max(0, value)) * 10) / 10
  return [inside(x, width), inside(y, height)]
}
