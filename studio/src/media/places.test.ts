import { expect, it } from 'vitest'
import type { Place } from '../api/types'
import { boxAt } from './places'

const PATH: Place[] = [
  [1, 0.1, 0.2, 0.3, 0.4],
  [2, 0.3, 0.2, 0.3, 0.6],
]

it('goes from sighting to sighting', () => {
  const box = boxAt(PATH, 1.5)!
  expect(box.left).toBeCloseTo(0.2)
  expect(box.height).toBeCloseTo(0.5)
  expect(boxAt(PATH, 2)).toEqual({ left: 0.3, top: 0.2, width: 0.3, height: 0.6 })
})

it('is nowhere outside the part that was looked at', () => {
  expect(boxAt(PATH, 0.5)).toBeNull()
  expect(boxAt(PATH, 2.1)).toBeNull()
  expect(boxAt([], 1)).toBeNull()
})

it('begins with the first sighting', () => {
  expect(boxAt(PATH, 1)).toEqual({ left: 0.1, top: 0.2, width: 0.3, height: 0.4 })
})
