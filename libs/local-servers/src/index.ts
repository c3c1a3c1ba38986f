export { climb, type Attempt, type ClimbOptions, type Rung } from './ladder/climb.ts';
export { remedyFor } from './ladder/remedy.ts';
export {
  findStore,
  findTestMongo,
  type EmbeddedStore,
  type StoreLadderOptions,
  type TestMongoLadderOptions,
} from './mongo/find-mongo.ts';
export { type GivenMongo, type MongoProgram } from './mongo/mongo-program.ts';
export { startMongo, type MongoServer, type StartMongoOptions } from './mongo/start-mongo.ts';
export { freePort, isPortFree } from './process/free-port.ts';
export { runCommand, type CommandResult, type RunOptions } from './process/run-command.ts';
export {
  describeExit,
  spawnServer,
  type Exit,
  type ServerCommand,
  type ServerProcess,
} from './process/spawn-server.ts';
export { findPythonClient, type PythonClient, type PythonClientOptions } from './python/find-python-client.ts';
export { findRedis, findRedisProgram, redisRungs, type RedisLadderOptions } from './redis/find-redis.ts';
export { type GivenRedis, type RedisProgram } from './redis/redis-program.ts';
export { startRedis, type RedisServer, type StartRedisOptions } from './redis/start-redis.ts';
export { spawnServiceProcess, type ServiceCommand, type ServiceProcess } from './service/spawn-service-process.ts';
export { httpStatus } from './wire/http-status.ts';
export { pingRedis, type PingResult } from './wire/ping-redis.ts';
