import { expect, it } from 'vitest'
import { BODY, BONES, inWords, standing, within } from './skeleton'

it('stands in the picture with every joint of the body, its left on the right', () => {
  const joints = standing(400, 600)
  expect(Object.keys(joints).sort()).toEqual([...BODY].sort())
  expect(joints['left_wrist']![0]).toBeGreaterThan(joints['right_wrist']![0])
  for (const [x, y] of Object.values(joints)) expect(within([x, y], 400, 600)).toEqual([x, y])
})

it('has bones between joints alone', () => {
  for (const joint of BONES.flat()) expect(BODY).toContain(joint)
})

it('names joints in words and keeps them in the picture', () => {
  expect(inWords('left_wrist')).toBe('Left wrist')
  expect(within([-3, 700], 400, 600)).toEqual([0, 600])
})
