/** What somebody corrects in a character. Every change is a new value, so that each can be undone. */

import type { Corrections } from '../api/types'

export type Point = readonly [x: number, y: number]
export type Arm = 'left_arm' | 'right_arm'
export type ArmChoice = Corrections['left_arm']
export type LegsChoice = Corrections['legs']

/** `joints`: those that were moved. `matte`: as it was painted, a grey PNG in base 64. `figure`: a
 * point on the figure that is meant. */
export interface Edit {
  joints: Readonly<Record<string, Point>>
  matte: string | null
  left_arm: ArmChoice
  right_arm: ArmChoice
  legs: LegsChoice
  figure: Point | null
}

export const NOTHING: Edit = {
  joints: {},
  left_arm: 'auto',
  right_arm: 'auto',
  legs: 'auto',
  figure: null,
  matte: null,
}

/** The edit in the words of the API. */
export function correctionsOf({ joints, matte, figure, ...choices }: Edit): Corrections {
  return {
    joints: Object.fromEntries(Object.entries(joints).map(([name, [x, y]]) => [name, [x, y]])),
    ...choices,
    ...(figure && { figure: [figure[0], figure[1]] }),
    ...(matte !== null && { matte }),
  }
}

export function moveJoint(edit: Edit, name: string, place: Point): Edit {
  return { ...edit, joints: { ...edit.joints, [name]: place } }
}

/** Another figure has joints and an outline of its own. */
export function chooseFigure(edit: Edit, figure: Point): Edit {
  return { ...edit, figure, joints: {}, matte: null }
}

/** Values in the order they came in; those of one gesture (one `tag` in a row) count as one. */
export class History<Value> {
  readonly #past: readonly Value[]
  readonly #future: readonly Value[]
  readonly #tag: string

  constructor(
    readonly now: Value,
    past: readonly Value[] = [],
    future: readonly Value[] = [],
    tag = '',
  ) {
    this.#past = past
    this.#future = future
    this.#tag = tag
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  change(value: Value, tag = ''): History<Value> {
    const same = tag !== '' && tag === this.#tag
    return new History(value, same ? this.#past : [...this.#past, this.now], [], tag)
  }

  /** The same, whatever comes next being a gesture of its own. */
  settled(): History<Value> {
    return new History(this.now, this.#past, this.#future)
  }

  undo(): History<Value> {
    if (!this.canUndo) return this
    return new History(this.#past.at(-1)!, this.#past.slice(0, -1), [this.now, ...this.#future])
  }

  redo(): History<Value> {
    if (!this.canRedo) return this
    return new History(this.#future[0]!, [...this.#past, this.now], this.#future.slice(1))
  }
}
