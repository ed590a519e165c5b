import { expect, it } from 'vitest'
import { takeOf } from './take'
import type { LegacyRecord, TasksRecord } from './types'

const LEGACY: Partial<LegacyRecord> = {
  task_id: '835111222333444555',
  task_status: 'succeed',
  task_status_msg: '',
  task_info: { external_task_id: 'mine-1' },
  task_result: {
    videos: [
      { id: 'v', url: 'http://s/v.mp4', watermark_url: 'http://s/w.mp4', duration: '9.066' },
    ],
  },
  final_unit_deduction: '4.5',
  created_at: 1781080778802,
  updated_at: 1781080794151,
}
const TASKS: Partial<TasksRecord> = {
  id: '835111222333444555',
  status: 'succeeded',
  message: '',
  external_id: 'mine-1',
  outputs: [
    {
      type: 'video',
      id: 'v',
      url: 'http://s/v.mp4',
      watermark_url: 'http://s/w.mp4',
      duration: '9.066',
    },
  ],
  billing: [{ charge_type: 'unit', package_type: 'video', amount: '4.5' }],
  create_time: 1781080778802,
  update_time: 1781080794151,
}

it('makes one take of either design', () => {
  expect(takeOf(LEGACY)).toEqual(takeOf(TASKS))
  expect(takeOf(LEGACY)).toMatchObject({
    status: 'succeeded',
    percent: 100,
    externalId: 'mine-1',
    video: { url: 'http://s/v.mp4', watermarkUrl: 'http://s/w.mp4', seconds: 9.066 },
    units: '4.5',
  })
})

it('reads what a running take tells', () => {
  const take = takeOf({
    task_id: '1',
    task_status: 'processing',
    task_info: {},
    progress: { stage: 'render', percent: 62 },
    created_at: 1,
    updated_at: 2,
  })
  expect(take).toMatchObject({
    stage: 'render',
    percent: 62,
    video: null,
    externalId: null,
    message: '',
    queue: null,
  })
})

it('reads where a waiting take stands', () => {
  const queue = { position: 3, length: 12, wait_seconds: 40 }
  const read = { position: 3, length: 12, seconds: 40 }
  expect(takeOf({ task_id: '1', task_status: 'submitted', queue }).queue).toEqual(read)
  expect(takeOf({ id: '1', status: 'submitted', queue }).queue).toEqual(read)
})
