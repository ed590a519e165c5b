import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { notices } from './notices.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
})

it('shows errors longer than other notices', () => {
  notices.say('Copied.')
  notices.fault(new Error('no space'))
  vi.advanceTimersByTime(6000)
  expect(notices.list.map(({ text, kind }) => [text, kind])).toEqual([['No space.', 'error']])
  vi.advanceTimersByTime(5000)
  expect(notices.list).toEqual([])
})

it('shows the latest three', () => {
  for (const text of ['a', 'b', 'c', 'd']) notices.say(text)
  expect(notices.list.map(({ text }) => text)).toEqual(['b', 'c', 'd'])
})

it('says nothing of what was cancelled', () => {
  notices.fault(new DOMException('cancelled', 'AbortError'))
  expect(notices.list).toEqual([])
})
