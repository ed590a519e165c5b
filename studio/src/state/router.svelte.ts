/** Which page is shown; the address decides, so that reloading and going back work. */

import { placeOf, type Place } from './place'

class Router {
  place: Place = $state(placeOf(location.hash))

  constructor() {
    addEventListener('hashchange', () => {
      this.place = placeOf(location.hash)
      scrollTo(0, 0)
    })
  }

  go(hash: string): void {
    location.hash = hash
  }
}

export const router = new Router()
