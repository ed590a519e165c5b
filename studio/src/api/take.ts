/** A task of either design of the API as one `Take`. */

import type { LegacyRecord, Status, TasksRecord } from './types'

export interface Take {
  id: string
  externalId: string | null
  status: Status
  message: string
  stage: string
  percent: number
  /** While it waits: 1 comes next; `seconds` is null when nothing is known. */
  queue: { position: number; length: number; seconds: number | null } | null
  createdAt: number
  updatedAt: number
  video: { url: string; watermarkUrl: string | null; seconds: number } | null
  coverUrl: string | null
  units: string | null
}

/** What a create answers is a record without most of its fields. */
export type TaskRecord = Partial<LegacyRecord> | Partial<TasksRecord>

export const ended = (take: { status: Status }): boolean =>
  take.status === 'succeeded' || take.status === 'failed'

export const statusOf = (word: string | undefined): Status =>
  word === 'succeed'
    ? 'succeeded'
    : word === 'processing' || word === 'succeeded' || word === 'failed'
      ? word
      : 'submitted'

export function takeOf(record: TaskRecord): Take {
  const own = 'task_id' in record ? ofLegacy(record) : ofTasks(record as Partial<TasksRecord>)
  return {
    ...own,
    stage: record.progress?.stage ?? '',
    percent: own.status === 'succeeded' ? 100 : (record.progress?.percent ?? 0),
    queue: record.queue
      ? {
          position: record.queue.position,
          length: record.queue.length,
          seconds: record.queue.wait_seconds,
        }
      : null,
    coverUrl: record.cover_url || null,
  }
}

type Own = Omit<Take, 'stage' | 'percent' | 'queue' | 'coverUrl'>

function ofLegacy(record: Partial<LegacyRecord>): Own {
  return {
    id: record.task_id ?? '',
    externalId: record.task_info?.external_task_id || null,
    status: statusOf(record.task_status),
    message: record.task_status_msg ?? '',
    createdAt: record.created_at ?? 0,
    updatedAt: record.updated_at ?? 0,
    video: videoOf(record.task_result?.videos[0]),
    units: record.final_unit_deduction || null,
  }
}

function ofTasks(record: Partial<TasksRecord>): Own {
  return {
    id: record.id ?? '',
    externalId: record.external_id || null,
    status: statusOf(record.status),
    message: record.message ?? '',
    createdAt: record.create_time ?? 0,
    updatedAt: record.update_time ?? 0,
    video: videoOf(record.outputs?.find((output) => output.type === 'video')),
    units: record.billing?.[0]?.amount || null,
  }
}

type Video = NonNullable<LegacyRecord['task_result']>['videos'][number]

const videoOf = (video: Omit<Video, 'id'> | undefined): Take['video'] =>
  video
    ? {
        url: video.url,
        watermarkUrl: video.watermark_url || null,
        seconds: Number(video.duration),
      }
    : null
