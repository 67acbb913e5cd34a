import { readConfig } from '../../src/config.js';

const INTRODUCTION = `# Configuration

<!-- Made from .env.example and src/config.ts by \`npm run build:docs\`. -->

By environment variables, or by a file \`.env\` in the folder that the service is started in; what is set already is not read from \`.env\`. What is empty is not set. A value that cannot be ends the start with a sentence that names the variable.
`;

/** Settings beside which the defaults of the others show: keys, for the limits of a service that others reach, and engines. */
const REACHED = {
  API_KEYS: 'name:secret',
  KAFKA_BROKERS: 'kafka:9092',
  AWS_BUCKET_NAME: 'bucket',
  S3_ENDPOINT: 'http://s3:9000',
  OTEL_TRACES_EXPORTER: 'otlp',
};
/** A value that no setting of a fixed form has. */
const NONSENSE = '?';

interface Setting {
  section: string;
  name: string;
  value: string;
  description: string;
}

/** The variables that config.ts reads, as its text says. */
export function namesIn(configSource: string): string[] {
  const calls = configSource.matchAll(/\benv\s*\.\w+\(\s*'([A-Z0-9_]+)'(?:,\s*'([A-Z0-9_]+)')?/g);
  return [...new Set([...calls].flatMap(([, ...names]) => names.filter((name) => name !== undefined)))];
}

/** The variables that .env.example tells of, each under its section, with the lines of comment before it. */
export function readExample(example: string): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  let description: string[] = [];
  for (const line of example.split('\n')) {
    const [, name, value = ''] = /^#([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name) settings.push({ section, name, value, description: description.join(' ') });
    if (line.startsWith('## ')) section = line.slice(3);
    description = line.startsWith('# ') ? [...description, line.slice(2)] : [];
  }
  return settings;
}

/** docs/configuration.md. @throws Error where a setting is told without words, or with another default than readConfig's */
export function configurationPage(example: string): string {
  const settings = readExample(example);
  const sections = [...new Set(settings.map(({ section }) => section))];
  const tables = sections.map((section) => {
    const rows = settings.filter((setting) => setting.section === section).map(rowOf);
    return ['', `## ${section}`, '', '| variable | default | allowed | |', '| --- | --- | --- | --- |', ...rows, ''];
  });
  return INTRODUCTION + tables.map((lines) => lines.join('\n')).join('');
}

function rowOf({ name, value, description }: Setting): string {
  if (!description) throw new Error(`.env.example does not say what ${name} is.`);
  const shown = isExample(value) ? `for example \`${value}\`` : value && `\`${value}\``;
  if (value && !isExample(value) && !isDefault(name, value)) {
    throw new Error(`.env.example has ${name}=${value}, which is not the default of readConfig.`);
  }
  const cells = [`\`${name}\``, shown, allowed(name), description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Addresses that nobody has by default. */
function isExample(value: string): boolean {
  return /^(?:https?:|mailto:)/.test(value);
}

function isDefault(name: string, value: string): boolean {
  return JSON.stringify(readConfig({ ...REACHED, [name]: value })) === JSON.stringify(readConfig(REACHED));
}

/** What readConfig says of a value that cannot be; nothing where it takes any text, or has more to say of it. */
function allowed(name: string): string {
  try {
    readConfig({ ...REACHED, [name]: NONSENSE });
  } catch (error) {
    const [, told, kind = ''] = /^(\w+) is (an? .*|one of .*), not “\?”\.$/.exec((error as Error).message) ?? [];
    if (told === name) return kind.replace(` to ${Number.MAX_SAFE_INTEGER}`, ' on');
  }
  return '';
}
