/** Elements of the library, and the tasks that make them. */

import { statusOf } from './take'
import type { ElementsRecord, Status } from './types'

export interface ElementItem {
  id: number
  name: string
  description: string
  tags: string[]
  status: string
  owner: string
  images: string[]
  videos: string[]
}

export interface ElementTask {
  id: string
  status: Status
  message: string
  createdAt: number
  elements: ElementItem[]
}

type Made = NonNullable<ElementsRecord['task_result']>['elements'][number]

/** A task of the library with the elements it made. */
export function elementTaskOf(record: Partial<ElementsRecord>): ElementTask {
  return {
    id: record.task_id ?? '',
    status: statusOf(record.task_status),
    message: record.task_status_msg ?? '',
    createdAt: record.created_at ?? 0,
    elements: (record.task_result?.elements ?? []).map(elementOf),
  }
}

function elementOf(made: Made): ElementItem {
  const { frontal_image, refer_images = [] } = made.element_image_list ?? {}
  return {
    id: made.element_id,
    name: made.element_name,
    description: made.element_description,
    tags: (made.tag_list ?? []).map((tag) => tag.tag_id),
    status: made.status,
    owner: made.owned_by,
    images: [
      ...(frontal_image ? [frontal_image] : []),
      ...refer_images.map((image) => image.image_url),
    ],
    videos: (made.element_video_list?.refer_videos ?? []).map((video) => video.video_url),
  }
}
