import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError, type Api } from '../api/api'
import type { CharacterFinding, Corrections } from '../api/types'
import { session } from '../state/session.svelte'
import { adjusting } from './adjusting.svelte'
import { moveJoint } from './edit'

const SIZE = { width: 100, height: 200 }
const found = (corrections: Partial<Corrections> = {}): CharacterFinding => ({
  ...SIZE,
  joints: { nose: [50, 20], left_wrist: [70, 90], ...corrections.joints },
  matte: 'auto',
  left_arm: 'free',
  right_arm: 'free',
  legs: 'free',
  corrections: {
    joints: {},
    matte: null,
    left_arm: 'auto',
    right_arm: 'auto',
    legs: 'auto',
    figure: null,
    ...corrections,
  },
  warnings: [],
})

let server: Record<string, ReturnType<typeof vi.fn>>
let number = 0
const another = () => `http://s/${number++}`

beforeEach(() => {
  vi.useFakeTimers()
  server = {
    castCharacter: vi.fn(async (_url, given) => found(given)),
    poseCharacter: vi.fn(async () => new Blob(['video'])),
    correctCharacter: vi.fn(async () => ({ url: 'http://s/stored', bytes: 9 })),
  }
  session.api = server as unknown as Api
})

afterEach(() => {
  session.api = null
  vi.useRealTimers()
})

it('begins with what is found and what the picture carries', async () => {
  server['castCharacter']!.mockResolvedValueOnce(found({ left_arm: 'fixed' }))
  await adjusting.open(another(), SIZE)
  expect(adjusting.edit.left_arm).toBe('fixed')
  expect(adjusting.joints['nose']).toEqual([50, 20])
  expect([adjusting.corrected, adjusting.changed, adjusting.canUndo]).toEqual([true, false, false])
})

it('shows a change at once and asks the server after a while, once', async () => {
  await adjusting.open(another(), SIZE)
  adjusting.change(moveJoint(adjusting.edit, 'nose', [40, 20]), 'drag')
  adjusting.change(moveJoint(adjusting.edit, 'nose', [30, 20]), 'drag')
  expect(adjusting.joints['nose']).toEqual([30, 20])
  await vi.runAllTimersAsync()
  expect(server['castCharacter']).toHaveBeenCalledTimes(2)
  expect(server['castCharacter']!.mock.lastCall![1]).toMatchObject({ joints: { nose: [30, 20] } })
  adjusting.undo()
  expect(adjusting.joints['nose']).toEqual([50, 20])
})

it('asks for the newest change when the one before is answered', async () => {
  await adjusting.open(another(), SIZE)
  let answer: (value: CharacterFinding) => void = () => undefined
  server['castCharacter']!.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  adjusting.change({ ...adjusting.edit, left_arm: 'fixed' })
  await vi.runAllTimersAsync()
  adjusting.change({ ...adjusting.edit, right_arm: 'fixed' })
  await vi.runAllTimersAsync()
  expect(server['castCharacter']).toHaveBeenCalledTimes(2)
  answer(found())
  await vi.runAllTimersAsync()
  expect(server['castCharacter']!.mock.lastCall![1]).toMatchObject({ right_arm: 'fixed' })
})

it('lets a figure that was not found be placed by hand', async () => {
  server['castCharacter']!.mockRejectedValueOnce(new ApiError('image_url: no figure', 400, 1201))
  await adjusting.open(another(), SIZE)
  expect(adjusting.problem).toBe('No figure.')
  expect(Object.keys(adjusting.joints)).toHaveLength(13)
  adjusting.change(moveJoint(adjusting.edit, 'nose', [1, 2]))
  // One that is placed places them all: the rest cannot be found.
  expect(Object.keys(adjusting.edit.joints)).toHaveLength(13)
  await vi.runAllTimersAsync()
  expect(adjusting.problem).toBe('')
})

it('shows in test poses what was corrected last', async () => {
  await adjusting.open(another(), SIZE)
  await vi.runAllTimersAsync()
  const first = adjusting.poses
  expect(first).not.toBe('')
  let answer: (value: Blob) => void = () => undefined
  server['poseCharacter']!.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  adjusting.change({ ...adjusting.edit, left_arm: 'fixed' })
  await vi.runAllTimersAsync()
  // While it is drawn, another change comes; it is drawn when that is done.
  adjusting.change({ ...adjusting.edit, right_arm: 'fixed' })
  await vi.runAllTimersAsync()
  expect(server['poseCharacter']).toHaveBeenCalledTimes(2)
  answer(new Blob(['video']))
  await vi.runAllTimersAsync()
  expect(server['poseCharacter']!.mock.lastCall![1]).toMatchObject({ right_arm: 'fixed' })
  expect(adjusting.poses).not.toBe(first)
})

it('keeps what was not saved when the same picture is opened again', async () => {
  const url = another()
  await adjusting.open(url, SIZE)
  adjusting.change({ ...adjusting.edit, left_arm: 'fixed' })
  await adjusting.open(url, SIZE)
  expect(adjusting.edit.left_arm).toBe('fixed')
  await adjusting.open(another(), SIZE)
  expect(adjusting.edit.left_arm).toBe('auto')
})

it('stores the picture with its corrections', async () => {
  const url = another()
  await adjusting.open(url, SIZE)
  adjusting.change({ ...adjusting.edit, left_arm: 'fixed' })
  expect(await adjusting.save()).toMatchObject({ url: 'http://s/stored' })
  expect(server['correctCharacter']).toHaveBeenCalledWith(
    url,
    expect.objectContaining({ left_arm: 'fixed' }),
  )
  expect(adjusting.changed).toBe(false)
})

it('says why a picture could not be stored', async () => {
  await adjusting.open(another(), SIZE)
  server['correctCharacter']!.mockRejectedValueOnce(new ApiError('The disk is full', 500, 5000))
  adjusting.change({ ...adjusting.edit, left_arm: 'fixed' })
  expect(await adjusting.save()).toBe(null)
  expect(adjusting.problem).toBe('The disk is full.')
  expect(adjusting.changed).toBe(true)
})
