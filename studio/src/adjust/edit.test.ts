import { expect, it } from 'vitest'
import { chooseFigure, correctionsOf, History, moveJoint, NOTHING } from './edit'

it('undoes and redoes one change after the other', () => {
  const history = new History(0).change(1).change(2)
  expect(history.undo().now).toBe(1)
  expect(history.undo().undo().now).toBe(0)
  expect(history.undo().undo().undo().now).toBe(0)
  expect(history.undo().redo().now).toBe(2)
  expect(history.redo().now).toBe(2)
})

it('forgets what was undone after another change', () => {
  const history = new History(0).change(1).undo().change(5)
  expect(history.canRedo).toBe(false)
  expect(history.undo().now).toBe(0)
})

it('takes the steps of one gesture for one change', () => {
  const dragged = new History(0).change(1, 'drag').change(2, 'drag').change(3, 'drag')
  expect(dragged.undo().now).toBe(0)
  const twice = dragged.settled().change(4, 'drag')
  expect(twice.undo().now).toBe(3)
  expect(new History(0).change(1, 'one').change(2, 'other').undo().now).toBe(1)
})

it('says in the words of the API what was corrected', () => {
  const edit = { ...moveJoint(NOTHING, 'nose', [3, 4.5]), right_arm: 'fixed' as const }
  expect(correctionsOf(edit)).toEqual({
    joints: { nose: [3, 4.5] },
    left_arm: 'auto',
    legs: 'auto',
    right_arm: 'fixed',
  })
  expect(correctionsOf({ ...NOTHING, matte: 'x', figure: [1, 2] })).toMatchObject({
    matte: 'x',
    figure: [1, 2],
  })
})

it('drops joints and matte of one figure for another', () => {
  const edit = chooseFigure({ ...moveJoint(NOTHING, 'nose', [3, 4]), matte: 'x' }, [7, 8])
  expect(edit).toEqual({ ...NOTHING, figure: [7, 8] })
})
