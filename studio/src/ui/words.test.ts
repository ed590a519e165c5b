import { expect, it } from 'vitest'
import type { Take } from '../api/take'
import { cancelled, doing, leftOut, place, plain, sentence, units, when } from './words'

it('says a problem as what was found and what may be', () => {
  const problem = {
    field: 'video_url',
    found: 'the video lasts 2.40 s',
    allowed: 'allowed: 3 to 30 s',
    message: 'Video duration can not less than 3s',
  }
  expect(sentence(problem)).toBe('The video lasts 2.40 s. Allowed: 3 to 30 s.')
  expect(sentence({ field: 'mode', message: 'video mode must be specified' })).toBe(
    'Video mode must be specified.',
  )
})

it('tells a take that was cancelled from one that failed', () => {
  const take = {
    id: '1',
    externalId: null,
    status: 'failed' as const,
    message: 'Task was cancelled',
    stage: 'render',
    percent: 80,
    createdAt: 0,
    updatedAt: 0,
    video: null,
    queue: null,
    coverUrl: null,
    units: null,
  }
  expect([cancelled(take), doing(take)]).toEqual([true, 'Cancelled'])
  const refused = { ...take, message: 'video_url: too short' }
  expect([cancelled(refused), doing(refused)]).toEqual([false, 'Failed'])
})

it('says where a take stands in the queue', () => {
  const standing = (queue: Take['queue']) => place({ queue } as Take)
  expect(standing(null)).toBe('')
  expect(standing({ position: 3, length: 12, seconds: null })).toBe('3 of 12 in the queue')
  expect(standing({ position: 3, length: 12, seconds: 250 })).toBe(
    '3 of 12 in the queue · starts in about 4 minutes',
  )
})

it('says what is left out of a clip by its length', () => {
  expect(leftOut({ start: 7.5, end: 7.53, reason: 'a cut' })).toBe('at 7.5 s: a cut')
  expect(leftOut({ start: 7.5, end: 11, reason: 'nobody' })).toBe('from 7.5 to 11.0 s: nobody')
})

it('says the messages of the API to people', () => {
  expect(plain('image_url: the size is 200 x 200 px; each side must be 300 to 65536 px')).toBe(
    'The size is 200 x 200 px. Each side must be 300 to 65536 px.',
  )
  const twice = 'Image recognition failed. No upper body. image_url: nobody is there; use another'
  expect(plain(twice)).toBe('Nobody is there. Use another.')
  expect(plain('Video duration can not less than 3s')).toMatch(/shorter than 3 s\. At least/)
})

it('says units without needless digits', () => {
  expect([null, '1', '4.50', '1000'].map(units)).toEqual([
    'free',
    '1 unit',
    '4.5 units',
    '1,000 units',
  ])
})

it('says when something was as near as matters', () => {
  const now = new Date(2026, 5, 10, 12).getTime()
  expect(when(now - 20_000, now)).toBe('just now')
  expect(when(now - 5 * 60_000, now)).toBe('5 min ago')
  expect(when(now - 3 * 3_600_000, now)).toMatch(/^today, /)
  expect(when(now - 30 * 3_600_000, now)).toMatch(/9/)
})
