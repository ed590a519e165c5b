import { expect, it } from 'vitest'
import { correction } from './sync'

it('leaves a follower alone that is with its leader', () => {
  expect(correction(5, 5.01, 1)).toEqual({ jump: false, rate: 1 })
})

it('lets one that lags run faster, one that is ahead slower, at any speed', () => {
  expect(correction(5.1, 5, 1).rate).toBeGreaterThan(1)
  expect(correction(5, 5.1, 0.5).rate).toBeLessThan(0.5)
})

it('jumps when it is far off', () => {
  expect(correction(5, 6, 1).jump).toBe(true)
  expect(correction(5, 4, 1).jump).toBe(true)
})

it('comes together from anywhere within seconds', () => {
  for (const from of [-0.19, -0.1, 0.1, 0.19]) {
    let follower = 5 + from
    let leader = 5
    for (let frame = 0; frame < 300; frame++) {
      const { jump, rate } = correction(leader, follower, 1)
      expect(jump).toBe(false)
      follower += rate / 60
      leader += 1 / 60
    }
    expect(Math.abs(leader - follower)).toBeLessThan(0.025)
  }
})
