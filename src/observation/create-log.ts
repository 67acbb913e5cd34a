import pino, { type Logger } from 'pino';

/** One line of JSON for each event; on a terminal, for a person. */
export async function createLog(level: string): Promise<Logger> {
  const options = { level, serializers: { error: pino.stdSerializers.err } };
  if (!process.stdout.isTTY) return pino(options);
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ ignore: 'pid,hostname', singleLine: true, translateTime: 'SYS:HH:MM:ss.l' }));
}
