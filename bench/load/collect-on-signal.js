// Read before a service that is measured: at SIGUSR2 it collects its garbage, so that what it keeps can be told from that.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
