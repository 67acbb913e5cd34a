import { hrefOf, type ListRoute, type RequestRoute } from './route.js';

/** Goes to another route, as a click on a link to it would. */
export function navigate(route: ListRoute | RequestRoute): void {
  location.hash = hrefOf(route);
}
