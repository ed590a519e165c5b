import { afterEach, expect, it, vi } from 'vitest'
import { Api, ApiError, dataOf } from './api'

afterEach(() => vi.unstubAllGlobals())

it('takes the data out of the envelope', () => {
  expect(dataOf(200, '{"code":0,"message":"SUCCEED","data":[1]}')).toEqual([1])
})

it.each([
  [400, '{"code":1201,"message":"mode value \'x\' is invalid"}', "mode value 'x' is invalid", 1201],
  [200, '{"code":1102,"message":"Account balance not enough"}', 'Account balance not enough', 1102],
  [502, '<html>Bad Gateway</html>', 'The server answered HTTP 502.', 0],
])('says what a refusal with HTTP %d says', (status, body, message, code) => {
  expect(() => dataOf(status, body)).toThrowError(
    expect.objectContaining({ message, status, code }),
  )
})

it('says that a server which does not answer cannot be reached', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  const error = await new Api('http://s/', 'k').take('1').catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ApiError)
  expect((error as ApiError).unreachable).toBe(true)
})

it('sends the key, and keeps an id one part of the path', async () => {
  const sent: [string, RequestInit][] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push([url, init])
    return Promise.resolve(new Response('{"code":0,"data":{}}'))
  })
  await new Api('http://s/sub/', 'key').take('a/b?c')
  expect(sent[0]![0]).toBe('http://s/sub/v1/videos/motion-control/a%2Fb%3Fc')
  expect(sent[0]![1].headers).toMatchObject({ authorization: 'Bearer key' })
})
