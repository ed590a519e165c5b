/** Where the page is: the part of the address behind `#/`. */

export type Place =
  | { page: 'stage' }
  | { page: 'takes' }
  | { page: 'take'; id: string }
  | { page: 'elements' }
  | { page: 'account' }

export function placeOf(hash: string): Place {
  const [page, id] = hash.replace(/^#\/?/, '').split('/')
  if (page === 'take' && id) return { page, id: decodeURIComponent(id) }
  if (page === 'takes' || page === 'elements' || page === 'account') return { page }
  return { page: 'stage' }
}
