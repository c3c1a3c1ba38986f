// How long connections live, measured on real sockets: `node apps/e2e/src/clients/measure-holding.ts`, or with `--real`
// the limits of production (a proxy's 60 s, and the 300 s after which Node's fetch gives up), which takes six minutes.
import { setTimeout as delay } from 'node:timers/promises';
import { describeHolding } from './holding/describe-holding.ts';
import { measureHolding, type HoldingTimes } from './holding/measure.ts';
import { nginxVersion } from './holding/start-nginx.ts';
import { pythonForTests } from './python/python-for-tests.ts';

const real: HoldingTimes = { proxyRead: 60_000, beat: 15_000, holdMax: 50_000 };
const shortened: HoldingTimes = { proxyRead: 1500, beat: 300, holdMax: 1000 };
const realHoldMs = 330_000;

const isReal = process.argv.includes('--real');
const client = await pythonForTests();
const version = await nginxVersion();
if (client === null || version === null) throw new Error('this needs nginx and a Python 3.10 or newer');
const holding = await measureHolding(client.python, isReal ? real : shortened, (cut) =>
  isReal ? delay(realHoldMs) : cut,
);
process.stdout.write(`nginx ${version}, Node ${process.versions.node}, ${client.packages.join(', ')}\n\n`);
process.stdout.write(describeHolding(holding));
