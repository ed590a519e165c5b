import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { session } from './session.svelte'

/** Answers of a server that knows the key `good`, and tells `own` to a page on its machine. */
function serve(own: string | null): void {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const key = (init.headers as Record<string, string> | undefined)?.['authorization']
    if (url.endsWith('studio/session')) {
      return own
        ? Response.json({ code: 0, data: { account: 'a', api_key: own } })
        : Response.json({ code: 1203, message: 'no' }, { status: 404 })
    }
    if (key !== 'Bearer good')
      return Response.json({ code: 1002, message: 'unknown' }, { status: 401 })
    return Response.json({ code: 0, data: url.includes('account') ? { name: 'Anna' } : [] })
  })
}

beforeEach(() => serve(null))

afterEach(() => {
  session.signOut()
  session.local = false
  vi.unstubAllGlobals()
})

it('signs in with the key that was remembered', async () => {
  localStorage.setItem('understudy.key', 'good')
  await session.start()
  expect([session.state, session.local, session.account?.name]).toEqual([
    'signed-in',
    false,
    'Anna',
  ])
})

it("signs in with the server's own key on the same machine", async () => {
  serve('good')
  await session.start()
  expect([session.state, session.local]).toEqual(['signed-in', true])
})

it('asks for a key when there is none', async () => {
  await session.start()
  expect(session.state).toBe('signed-out')
})

it('keeps a key only as long as it is told to', async () => {
  await session.signIn(' good ', false)
  expect(localStorage.getItem('understudy.key')).toBeNull()
  expect(sessionStorage.getItem('understudy.key')).toBe('good')
  await session.signIn('good', true)
  expect(localStorage.getItem('understudy.key')).toBe('good')
})

it('says that a key is unknown, or that the server is away', async () => {
  await session.signIn('bad', true)
  expect(session.problem).not.toBe('')
  expect(localStorage.getItem('understudy.key')).toBeNull()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await session.signIn('good', true)
  expect(session.problem).toBe('The server cannot be reached.')
})

it('forgets the key on signing out, and says why', async () => {
  await session.signIn('good', true)
  session.signOut('The key is no longer valid.')
  expect(localStorage.getItem('understudy.key')).toBeNull()
  expect([session.state, session.api, session.problem]).toEqual([
    'signed-out',
    null,
    'The key is no longer valid.',
  ])
})
