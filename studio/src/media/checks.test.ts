import { expect, it } from 'vitest'
import { inMegabytes, kindOf, problemOf } from './checks'

const LIMITS = { picture_bytes: 10, clip_bytes: 100, clip_seconds: { video: 30, image: 10 } }
const file = (name: string, type: string, bytes = 5) =>
  new File([new Uint8Array(bytes)], name, { type })

it.each([
  ['a.png', 'image/png', 'picture'],
  ['a.JPG', '', 'picture'],
  ['a.webp', 'image/webp', 'picture'],
  ['a.mov', 'video/quicktime', 'clip'],
  ['a.webm', 'video/webm', 'clip'],
  ['a.txt', 'text/plain', null],
])('puts %s (%s) where it belongs', (name, type, kind) => {
  expect(kindOf(file(name, type))).toBe(kind)
})

it('finds nothing wrong with what is allowed', () => {
  expect(problemOf('picture', file('a.png', 'image/png', 10), LIMITS)).toBeNull()
  expect(problemOf('clip', file('a.mp4', 'video/mp4;codecs=avc1', 100), LIMITS)).toBeNull()
})

it('says what is wrong with what is not', () => {
  expect(problemOf('picture', file('a.webp', 'image/webp'), LIMITS)).toMatchObject({
    field: 'image_url',
    message: 'This is image/webp. A picture can be jpg, jpeg or png.',
  })
  expect(problemOf('clip', file('a.mp4', 'video/mp4', 101), LIMITS)?.field).toBe('video_url')
  expect(problemOf('picture', file('a.png', 'image/png', 0), LIMITS)?.message).toBe(
    'This file is empty.',
  )
})

it('says sizes as people do', () => {
  expect([1, 2048, 1.26 * 2 ** 20, 100 * 2 ** 20].map(inMegabytes)).toEqual([
    '1 kB',
    '2 kB',
    '1.3 MB',
    '100 MB',
  ])
})
