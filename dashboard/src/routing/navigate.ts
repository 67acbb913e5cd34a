import { hrefOf, type ListRoute, type RequestRoute } from './route.js';

/** Goes to another route, as a click on a link to it would; with `replace` the history does not grow by it. */
export function navigate(route: ListRoute | RequestRoute, { replace = false } = {}): void {
  if (replace) location.replace(hrefOf(route));
  else location.hash = hrefOf(route);
}
