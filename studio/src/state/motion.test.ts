import { expect, it } from 'vitest'
import { motionFields, motionOf, motionWords, wholeMotion } from './motion'

it('asks for nothing where the whole motion is taken', () => {
  expect(motionFields(wholeMotion())).toEqual({})
  expect(motionWords(wholeMotion())).toBe('')
})

it('asks for what differs, and reads it back', () => {
  const motion = wholeMotion()
  motion.strength = 60
  motion.parts.body = motion.parts.hands = false
  motion.smoothing = 0.1
  motion.camera = true
  const asked = motionFields(motion)
  expect(asked).toEqual({
    motion_strength: 60,
    motion_parts: { body: false, hands: false },
    motion_smoothing: 0.1,
    motion_camera: true,
  })
  expect(motionOf(asked)).toEqual(motion)
  expect(motionWords(motion)).toBe("60 %, without body, fingers, 0.1 s smoother, the clip's camera")
})
