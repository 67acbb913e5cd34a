import { StartError, UnavailableError } from './domain/errors.js';

/**
 * Opens an engine that the start needs.
 * @param setBy the variable that names it; null for an embedded one, whose failure is ours
 * @throws StartError that names the engine and the variable
 */
export async function reachEngine<T>(engine: string, setBy: string | null, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof StartError || setBy === null) throw error;
    // What a port has made of it says less than what the engine said.
    const said = error instanceof UnavailableError ? (error.cause ?? error) : error;
    const { message, code } = said as { message?: string; code?: unknown };
    throw new StartError(`The ${engine} that ${setBy} names cannot be reached: ${message || String(code)}.`);
  }
}
