import { AppError } from '@batch-gpt/errors';
import { climb, type Attempt, type Rung } from '../ladder/climb.ts';
import { remedyFor } from '../ladder/remedy.ts';
import { findProgram } from '../process/find-program.ts';
import { canConnect } from '../wire/can-connect.ts';
import { downloadedMongodRung, type DownloadMongod } from './downloaded-mongod.ts';
import { mongod, type GivenMongo, type MongoProgram } from './mongo-program.ts';
import { secantusRung } from './test-mongo.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The store of a local run that needs no server: a SQLite file. */
export interface EmbeddedStore {
  readonly kind: 'embedded';
  readonly how: string;
}

/** What the store's ladder looks at. */
export interface StoreLadderOptions {
  /** `MONGODB_URL` and `PATH` are read, nothing else. */
  readonly env: Env;
  /** Take this rung and no other: url, path or embedded. */
  readonly only?: string | undefined;
}

/** Finds the store of a local run: the one given, a `mongod` to start, or the embedded one, which always holds. */
export function findStore({ env, only }: StoreLadderOptions): Promise<GivenMongo | MongoProgram | EmbeddedStore> {
  const embedded: Rung<EmbeddedStore> = {
    name: 'embedded',
    attempt: () => Promise.resolve({ found: { kind: 'embedded', how: 'a SQLite file' } }),
  };
  return climb<GivenMongo | MongoProgram | EmbeddedStore>([...serverRungs(env), embedded], {
    what: 'MongoDB',
    only,
    remedy: remedyFor('MongoDB'),
  });
}

/** What the ladder for tests looks at. */
export interface TestMongoLadderOptions {
  /** `MONGODB_URL`, `PATH`, `XDG_CACHE_HOME`, `CARGO_HOME` and `HOME` are read, nothing else. */
  readonly env: Env;
  /** Whether a server may be downloaded, or a stand-in built (minutes, once per machine). */
  readonly mayBuild: boolean;
  /** Told before a build begins and while it goes on. */
  readonly announce: (line: string) => void;
  /** How a server is downloaded; the real way unless given. */
  readonly download?: DownloadMongod;
}

/** Finds a MongoDB for tests: the one given, a `mongod` on the path or downloaded, or the stand-in built from source. */
export function findTestMongo(options: TestMongoLadderOptions): Promise<GivenMongo | MongoProgram> {
  const rungs = [...serverRungs(options.env), downloadedMongodRung(options), secantusRung(options)];
  return climb(rungs, { what: 'MongoDB', remedy: remedyFor('MongoDB') });
}

const serverRungs = (env: Env): readonly Rung<GivenMongo | MongoProgram>[] => [
  { name: 'url', attempt: () => givenMongo(env['MONGODB_URL']) },
  { name: 'path', attempt: () => mongodOnPath(env['PATH']) },
];

async function givenMongo(url: string | undefined): Promise<Attempt<GivenMongo>> {
  if (url === undefined || url === '') return { absent: 'MONGODB_URL is not set' };
  const hosts = hostsOf(url);
  const answers = await Promise.all(hosts.map(({ host, port }) => canConnect(host, port)));
  if (hosts.length > 0 && !answers.includes(true))
    throw new AppError('config_invalid', 'MONGODB_URL is set, but nobody answers there');
  return { found: { kind: 'given', how: 'MONGODB_URL', url } };
}

/** The hosts a `mongodb://` address names; none for `mongodb+srv://`, whose hosts only the driver resolves. */
function hostsOf(url: string): { host: string; port: number }[] {
  if (url.startsWith('mongodb+srv://')) return [];
  const list = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1];
  if (list === undefined)
    throw new AppError('config_invalid', 'MONGODB_URL is set, but is not a mongodb:// or mongodb+srv:// URL');
  return list.split(',').map((entry) => {
    const [, host = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
    return { host, port: Number(port ?? 27_017) };
  });
}

async function mongodOnPath(path: string | undefined): Promise<Attempt<MongoProgram>> {
  const command = await findProgram(['mongod'], path);
  return command === null ? { absent: 'no mongod on the path' } : { found: mongod(command) };
}
