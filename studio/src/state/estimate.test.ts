import { expect, it } from 'vitest'
import { Estimate, inWords } from './estimate'

it('says nothing until the take has moved', () => {
  const estimate = new Estimate()
  estimate.add(0, 0)
  estimate.add(3, 5000)
  expect(estimate.left(5000)).toBeNull()
})

it('follows the pace and counts down between two looks', () => {
  const estimate = new Estimate()
  estimate.add(10, 0)
  estimate.add(60, 10_000)
  expect(estimate.left(10_000)).toBeCloseTo(8)
  expect(estimate.left(13_000)).toBeCloseTo(5)
  expect(estimate.left(60_000)).toBe(0)
})

it('begins anew when a take begins anew', () => {
  const estimate = new Estimate()
  estimate.add(10, 0)
  estimate.add(60, 10_000)
  estimate.add(0, 20_000)
  expect(estimate.left(20_000)).toBeNull()
})

it.each([
  [1, 'a moment left'],
  [7.2, 'about 8 s left'],
  [31, 'about 35 s left'],
  [58, 'about a minute left'],
  [300, 'about 5 minutes left'],
])('says %d seconds in words', (seconds, words) => {
  expect(inWords(seconds)).toBe(words)
})
