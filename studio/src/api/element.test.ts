import { expect, it } from 'vitest'
import { elementTaskOf } from './element'

it('reads an element with all its pictures', () => {
  const task = elementTaskOf({
    task_id: '9',
    task_status: 'succeed',
    created_at: 1,
    task_result: {
      elements: [
        {
          element_id: 9007199254740991,
          element_name: 'Mira',
          element_description: '',
          reference_type: 'image_refer',
          element_video_list: { refer_videos: [] },
          element_image_list: { frontal_image: 'f', refer_images: [{ image_url: 's' }] },
          tag_list: [{ tag_id: 'o_102', tag_name: 'Character' }],
          owned_by: 'kling',
          status: 'succeed',
        },
      ],
    },
  })
  expect(task.elements[0]).toMatchObject({
    id: 9007199254740991,
    images: ['f', 's'],
    tags: ['o_102'],
  })
})
