import { StartError } from './domain/errors.js';
import { parseUrl } from './domain/parse-url.js';

/** A setting that cannot be. */
export class ConfigError extends StartError {
  constructor(name: string, problem: string) {
    super(`${name} ${problem}`);
  }
}

/** The values of environment variables, by their kinds; what is empty is not set. Each throws ConfigError for a bad one. */
export interface EnvValues {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  whole(name: string, otherwise: number, least: number, most?: number): number;
  oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T;
  /** Without the slash at its end. */
  url(name: string): string | null;
  /** Entries parted by commas. */
  list(name: string): string[];
  /** Two settings that mean nothing without each other. */
  pair(first: string, second: string): [string, string] | null;
}

export function readEnv(variables: NodeJS.ProcessEnv): EnvValues {
  const text = (name: string) => variables[name]?.trim() || undefined;
  const oneOf = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T => {
    const given = text(name) ?? otherwise;
    const found = allowed.find((each) => each === given);
    if (!found) throw new ConfigError(name, `is one of ${allowed.join(', ')}, not “${given}”.`);
    return found;
  };
  return {
    text,
    oneOf,
    flag: (name) => oneOf(name, ['true', 'false'], 'false') === 'true',
    whole(name, otherwise, least, most = Number.MAX_SAFE_INTEGER) {
      const given = text(name);
      if (given === undefined) return otherwise;
      const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= least && value <= most)) {
        throw new ConfigError(name, `is a whole number from ${least} to ${most}, not “${given}”.`);
      }
      return value;
    },
    url(name) {
      const given = text(name);
      if (given === undefined) return null;
      if (!parseUrl(given) || !/^https?:/.test(given)) {
        throw new ConfigError(name, `is an http or https URL, not “${given}”.`);
      }
      return given.replace(/\/+$/, '');
    },
    list: (name) =>
      (text(name) ?? '')
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    pair(first, second) {
      const [a, b] = [text(first), text(second)];
      if (a && b) return [a, b];
      if (a || b) throw new ConfigError(a ? second : first, `must be set with ${a ? first : second}.`);
      return null;
    },
  };
}
