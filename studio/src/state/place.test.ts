import { expect, it } from 'vitest'
import { placeOf } from './place'

it.each([
  ['', { page: 'stage' }],
  ['#/', { page: 'stage' }],
  ['#/takes', { page: 'takes' }],
  ['#/take/835%2F1', { page: 'take', id: '835/1' }],
  ['#/nowhere', { page: 'stage' }],
])('reads the place %s', (hash, place) => {
  expect(placeOf(hash)).toEqual(place)
})
