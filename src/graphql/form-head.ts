/** Names between `variables` and the file: `variables.input.0.file` has three. */
const MAX_PATH_PARTS = 5;

/**
 * What a multipart request tells before its file: `operations`, then `map`. One operation, one file, one place for it,
 * which is null till then and in the variables.
 */
export class FormHead {
  #operations: Record<string, unknown> | null = null;
  #map: Record<string, unknown> | null = null;

  /** Takes the next field of the form; says what is wrong with it, or null. */
  take(name: string, text: string): string | null {
    const value = parseObject(text);
    if (!value) return '“operations” and “map” are objects in JSON, each once.';
    if (name === 'operations' && !this.#operations) {
      this.#operations = value;
      return null;
    }
    if (name !== 'map' || !this.#operations || this.#map) {
      return 'The form holds “operations”, then “map”, then the file.';
    }
    this.#map = value;
    return isMapOf(this.#operations, value) ? null : '“map” names one file and one variable, which is null till then.';
  }

  /** Whether the part of this name holds the file. */
  announces(name: string | undefined): boolean {
    return name !== undefined && this.#map !== null && Object.hasOwn(this.#map, name);
  }

  /** Whether the form is whole without a file. */
  get needsNoFile(): boolean {
    return this.#map !== null && Object.keys(this.#map).length === 0;
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function isMapOf(operations: Record<string, unknown>, map: Record<string, unknown>): boolean {
  const [paths, ...others] = Object.values(map);
  if (paths === undefined) return true;
  if (others.length > 0 || !Array.isArray(paths) || paths.length !== 1) return false;
  return typeof paths[0] === 'string' && isFreePlace(operations, paths[0].split('.'));
}

function isFreePlace(operations: Record<string, unknown>, path: string[]): boolean {
  if (path[0] !== 'variables' || path.length < 2 || path.length - 2 > MAX_PATH_PARTS) return false;
  let place: unknown = operations;
  for (const name of path) place = ownValue(place, name);
  return place === null;
}

/** Undefined for anything but an own property: a path never reaches a prototype. */
function ownValue(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}
